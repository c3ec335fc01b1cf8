/**
 * The colours of the dark theme. The editor gives the whole picture a filter, which a renderer can only
 * apply to pixels; the same sum over each colour keeps lines lines, and letters letters.
 */
import type { SvgNode } from "./dom";
import { nodesOf } from "./svg";

type Rgb = readonly [number, number, number];

const INVERT = 0.93;
/** `hue-rotate(180deg)` of the Filter Effects specification. */
const HUE: readonly Rgb[] = [
  [-0.574, 1.43, 0.144],
  [0.426, 0.43, 0.144],
  [0.426, 1.43, -0.856],
];
const PAINTED = ["rect", "path", "text"];
const PAINTS = ["fill", "stroke"];
const NO_COLOUR = new Set(["none", "transparent", ""]);

/** Takes the filter away and changes the colours; does nothing where one of them is not understood. */
export function darken(root: SvgNode): void {
  const found: { node: SvgNode; name: string; colour: string }[] = [];
  for (const node of paintedIn(root)) {
    if (isInDefinition(node)) continue;
    for (const name of PAINTS) {
      // What has no fill is black.
      const value = node.getAttribute(name) ?? (name === "fill" ? "#000000" : "none");
      if (NO_COLOUR.has(value.trim())) continue;
      const colour = inDark(value);
      if (colour === null) return;
      found.push({ node, name, colour });
    }
  }
  for (const { node, name, colour } of found) node.setAttribute(name, colour);
  root.attributes.delete("filter");
  // It made images as they are again.
  for (const image of nodesOf(root, "use")) image.attributes.delete("filter");
}

/** The colour as the filter shows it; `null` if it is none that is understood. */
export function inDark(colour: string): string | null {
  const parsed = parse(colour.trim());
  if (!parsed) return null;
  const [rgb, alpha] = parsed;
  const inverted = rgb.map((part) => part * (1 - 2 * INVERT) + INVERT);
  const [r = 0, g = 0, b = 0] = HUE.map((row) =>
    row.reduce((sum, factor, at) => sum + factor * (inverted[at] ?? 0), 0),
  );
  return `#${[r, g, b, alpha].map(hex).join("").replace(/ff$/, "")}`;
}

function hex(part: number): string {
  const byte = Math.round(Math.min(1, Math.max(0, part)) * 255);
  return byte.toString(16).padStart(2, "0");
}

function parse(colour: string): [Rgb, number] | null {
  const long = /^#([0-9a-f]{3,4})$/i.test(colour)
    ? `#${[...colour.slice(1)].map((digit) => digit + digit).join("")}`
    : colour;
  if (!/^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/i.test(long)) return null;
  const byte = (at: number) => Number.parseInt(long.slice(at, at + 2) || "ff", 16) / 255;
  return [[byte(1), byte(3), byte(5)], byte(7)];
}

function* paintedIn(root: SvgNode): Generator<SvgNode> {
  for (const name of PAINTED) yield* nodesOf(root, name);
}

/** What masks and clips is no colour. */
function isInDefinition(node: SvgNode): boolean {
  for (let at = node.parent; at; at = at.parent) {
    if (["mask", "clipPath", "symbol"].includes(at.localName)) return true;
  }
  return false;
}
