/**
 * What the editor's modules look for in a browser while they are loaded, where there is none. Nothing
 * of it does anything, apart from what drawing an SVG needs: nodes, widths of texts, names of fonts.
 */
import { SvgNode, svgDocument } from "./dom";
import { textWidth } from "./fonts";

/** The start of the address that a font has here; what follows is the path of its file. */
const FONT_ADDRESS = "font:/";

class Nothing {}

class Address {
  readonly href: string;
  readonly pathname: string;

  constructor(address: string | Address, base: string | Address = "") {
    const text = String(address);
    const isWhole = /^[a-z][a-z0-9+.-]*:/i.test(text);
    this.href = this.pathname = isWhole ? text : `${String(base).replace(/\/$/, "")}/${text}`;
    // As real ones do: sanitizing a link relies on it.
    if (!/^[a-z][a-z0-9+.-]*:/i.test(this.href)) throw new TypeError("Invalid URL");
  }

  toString(): string {
    return this.href;
  }
}

class Canvas extends SvgNode {
  getContext() {
    return {
      font: "",
      measureText(text: string) {
        const stack = this.font.replace(/^.*?px\s*/, "") || undefined;
        return { width: textWidth(text, Number.parseFloat(this.font) || 10, stack) };
      },
    };
  }
}

const noop = () => {};
const media = { matches: false, addEventListener: noop, addListener: noop };

const globals: Record<string, unknown> = {
  document: {
    ...svgDocument,
    createElement: (name: string) => new Canvas(name),
    addEventListener: noop,
    querySelector: () => null,
    querySelectorAll: () => [],
    documentElement: {},
    fonts: { add: noop, has: () => true, check: () => true, load: async () => [] },
  },
  navigator: { userAgent: "", platform: "", language: "en" },
  location: { href: FONT_ADDRESS, origin: FONT_ADDRESS, hash: "", search: "", pathname: "/" },
  EXCALIDRAW_ASSET_PATH: FONT_ADDRESS,
  URL: Address,
  FontFace: class {
    readonly family: string;
    readonly unicodeRange: string;

    constructor(family: string, _source: unknown, descriptors?: { unicodeRange?: string }) {
      this.family = family;
      this.unicodeRange = descriptors?.unicodeRange ?? "U+0-10FFFF";
    }
  },
  fetch: async (address: string) => ({ ok: true, arrayBuffer: async () => address }),
  crypto: { getRandomValues: (numbers: Uint32Array) => numbers.map((_, at) => at + nextId()) },
  matchMedia: () => media,
  devicePixelRatio: 1,
  console: { log: noop, info: noop, warn: noop, error: noop, debug: noop },
  addEventListener: noop,
  removeEventListener: noop,
  requestAnimationFrame: () => 0,
  cancelAnimationFrame: noop,
  setTimeout: () => 0,
  clearTimeout: noop,
  setInterval: () => 0,
  clearInterval: noop,
};
const CLASSES = [
  ...["DOMException", "HTMLElement", "Element", "SVGElement", "Event", "CustomEvent"],
  "Path2D",
];

let ids = 0;
function nextId(): number {
  ids += 1;
  return ids;
}

const world = globalThis as Record<string, unknown>;
Object.assign(world, globals, { window: world, self: world });
for (const name of CLASSES) world[name] = class extends Nothing {};
