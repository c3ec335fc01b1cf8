/**
 * happy-dom draws nothing; Excalidraw asks for a 2D context already when it is imported. Letters
 * are half as wide as their size.
 */

const DRAWS_NOTHING = new Proxy({} as Record<string, unknown>, {
  has: () => true,
  get: (properties, name) => {
    if (name === "measureText") {
      const size = /([\d.]+)px/.exec(String(properties.font))?.[1] ?? 20;
      return (text: string) => ({ width: (Number(size) / 2) * text.length });
    }
    return properties[String(name)] ?? (() => {});
  },
  set: (properties, name, value) => {
    properties[String(name)] = value;
    return true;
  },
});

if ("HTMLCanvasElement" in globalThis) {
  Object.assign(HTMLCanvasElement.prototype, { getContext: () => DRAWS_NOTHING });
}
