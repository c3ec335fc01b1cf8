/** Makes a picture ready for a renderer that is no browser: one file of a font for each piece of text. */
import { darken } from "./dark";
import { SvgNode } from "./dom";
import { type FontFile, filesOf, type Run, runsOf, runWidth } from "./fonts";
import { segmentsOf } from "./segments";
import { nodesOf } from "./svg";

const SWAPPED: Readonly<Record<string, string>> = { start: "end", end: "start" };

export function prepareForPrint(root: SvgNode): void {
  const stacks = new Map<string, FontFile[]>();
  for (const text of nodesOf(root, "text")) {
    const stack = text.getAttribute("font-family") ?? "";
    const files = stacks.get(stack) ?? filesOf(stack);
    stacks.set(stack, files);
    divide(text, files);
  }
  if (root.getAttribute("filter") !== null) darken(root);
}

function divide(text: SvgNode, files: readonly FontFile[]): void {
  const isRtl = text.getAttribute("direction") === "rtl";
  const runs = piecesOf(text.textContent, files, isRtl);
  text.textContent = "";
  const spans = runs.map(({ text: piece, font }) => {
    const span = new SvgNode("tspan");
    if (font !== null) span.setAttribute("font-family", `'${font}'`);
    span.textContent = piece;
    text.appendChild(span);
    return span;
  });
  // Renderers know the older way to keep spaces.
  text.setAttribute("xml:space", "preserve");
  text.attributes.delete("style");
  text.attributes.delete("font-family");
  // They place a text as if it began at the left, whichever way it is read.
  const anchor = text.getAttribute("text-anchor") ?? "start";
  if (isRtl) text.setAttribute("text-anchor", SWAPPED[anchor] ?? anchor);
  if (spans.length > 1) {
    const size = Number.parseFloat(text.getAttribute("font-size") ?? "") || 0;
    const widths = runs.map((run) => runWidth(run, size, files));
    put(text, spans, widths);
  }
}

/** In the order in which they stand, from left to right. */
function piecesOf(line: string, files: readonly FontFile[], isRtl: boolean): Run[] {
  return segmentsOf(line, isRtl).flatMap((segment) => {
    const runs = runsOf(segment.text, files);
    return segment.isRtl ? runs.reverse() : runs;
  });
}

/**
 * Gives each piece its own place: the renderer would draw the whole text in the font of each, and fails
 * where they join letters in different ways.
 */
function put(text: SvgNode, spans: readonly SvgNode[], widths: readonly number[]): void {
  const whole = widths.reduce((sum, width) => sum + width, 0);
  const before: Readonly<Record<string, number>> = { start: 0, middle: whole / 2, end: whole };
  let x =
    Number(text.getAttribute("x") ?? 0) - (before[text.getAttribute("text-anchor") ?? ""] ?? 0);
  text.setAttribute("text-anchor", "start");
  spans.forEach((span, at) => {
    span.setAttribute("x", String(x));
    x += widths[at] ?? 0;
  });
}
