/** happy-dom draws nothing; Excalidraw asks for a 2D context already when it is imported. */

const DRAWS_NOTHING = new Proxy({} as Record<string, unknown>, {
  has: () => true,
  get: (properties, name) => {
    if (name === "measureText") return (text: string) => ({ width: 10 * text.length });
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
