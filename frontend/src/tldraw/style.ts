/** Looks of tldraw as those of the editor, in colours of its palette. */
import { mayHold } from "../canvas/bounds";
import type { Json } from "../canvas/groups";
import type { Props, TldrRecord } from "./records";
import { numberOr } from "./records";

export interface Look {
  readonly [property: string]: Json;
}

/** Of lines, and of what is filled with a light shade of them. */
const COLOURS: { readonly [name: string]: readonly [line: string, light: string] } = {
  ...{ black: ["#1e1e1e", "#e9ecef"], grey: ["#868e96", "#e9ecef"], white: ["#ffffff", "#ffffff"] },
  ...{ red: ["#e03131", "#ffc9c9"], "light-red": ["#ff8787", "#ffe3e3"] },
  ...{ orange: ["#f08c00", "#ffd8a8"], yellow: ["#fab005", "#ffec99"] },
  ...{ green: ["#2f9e44", "#b2f2bb"], "light-green": ["#69db7c", "#d3f9d8"] },
  ...{ blue: ["#1971c2", "#a5d8ff"], "light-blue": ["#4dabf7", "#d0ebff"] },
  ...{ violet: ["#6741d9", "#d0bfff"], "light-violet": ["#b197fc", "#e5dbff"] },
};
const WIDTHS: { readonly [size: string]: number } = { s: 1, m: 2, l: 4, xl: 4 };
const DASHES: { readonly [dash: string]: string } = { dashed: "dashed", dotted: "dotted" };
/** Excalifont, Nunito and Comic Shanns; the editor has none with serifs. */
const FONTS: { readonly [font: string]: number } = { draw: 5, sans: 6, serif: 6, mono: 8 };
const TEXT_SIZES: { readonly [size: string]: number } = { s: 18, m: 24, l: 36, xl: 44 };
const LABEL_SIZES: { readonly [size: string]: number } = { s: 18, m: 22, l: 26, xl: 32 };
const ALIGN: { readonly [align: string]: string } = { start: "left", end: "right" };
const VERTICAL: { readonly [align: string]: string } = { start: "top", end: "bottom" };
const HEADS: { readonly [head: string]: string } = {
  ...{ arrow: "arrow", triangle: "triangle", inverted: "triangle", diamond: "diamond" },
  ...{ square: "diamond", dot: "circle", pipe: "bar", bar: "bar" },
};

export function lineColour(name: unknown): string {
  return COLOURS[String(name)]?.[0] ?? "#1e1e1e";
}

export function lightColour(name: unknown): string {
  return COLOURS[String(name)]?.[1] ?? "#ffec99";
}

/** The look of a shape; its parents make it fainter. */
export function lookOf(props: Props, shapes: readonly TldrRecord[]): Look {
  const line = lineColour(props.color);
  const opacity = shapes.reduce((part, one) => part * numberOr(one.opacity, 1), 1);
  return {
    strokeColor: line,
    backgroundColor: fillOf(props, line),
    fillStyle: props.fill === "pattern" ? "hachure" : "solid",
    strokeWidth: WIDTHS[String(props.size)] ?? 2,
    strokeStyle: DASHES[String(props.dash)] ?? "solid",
    roughness: props.dash === "draw" || props.dash === undefined ? 1 : 0,
    opacity: Math.round(100 * Math.min(1, Math.max(0, opacity))),
    locked: shapes.some(({ isLocked }) => isLocked === true),
    ...(typeof props.url === "string" && props.url !== "" && mayHold("link", props.url)
      ? { link: props.url }
      : {}),
  };
}

function fillOf(props: Props, line: string): string {
  switch (props.fill) {
    case "semi":
      return "#ffffff";
    case "solid":
      return lightColour(props.color);
    case "pattern":
    case "fill":
    case "lined-fill":
      return line;
    default:
      return "transparent";
  }
}

/** The letters of a text of its own, or of a label in a shape. */
export function lettersOf(props: Props, isLabel: boolean): Look {
  const sizes = isLabel ? LABEL_SIZES : TEXT_SIZES;
  const size = (sizes[String(props.size)] ?? 24) * Math.min(8, numberOr(props.scale, 1));
  return {
    fontSize: Math.max(4, size),
    fontFamily: FONTS[String(props.font)] ?? 5,
    strokeColor: lineColour(isLabel ? (props.labelColor ?? "black") : props.color),
    textAlign: ALIGN[String(props.textAlign ?? props.align)] ?? (isLabel ? "center" : "left"),
    ...(isLabel ? { verticalAlign: VERTICAL[String(props.verticalAlign)] ?? "middle" } : {}),
  };
}

/** The head at an end of an arrow. */
export function headOf(props: Props, terminal: "start" | "end"): string | null {
  const name = props[terminal === "start" ? "arrowheadStart" : "arrowheadEnd"];
  if (name === undefined) return terminal === "end" ? "arrow" : null;
  return HEADS[String(name)] ?? null;
}

/** The words of a shape: a text, or paragraphs of a document. */
export function wordsOf(props: Props): string {
  if (typeof props.text === "string") return props.text;
  return richText(props.richText, 0).replace(/\n$/, "");
}

const MAX_DEPTH = 50;

function richText(node: unknown, depth: number): string {
  if (typeof node !== "object" || node === null || depth > MAX_DEPTH) return "";
  const { type, text, content } = node as { type?: unknown; text?: unknown; content?: unknown };
  if (typeof text === "string") return text;
  const inner = Array.isArray(content)
    ? content.map((one) => richText(one, depth + 1)).join("")
    : "";
  return type === "paragraph" || type === "heading" || type === "hardBreak" ? `${inner}\n` : inner;
}
