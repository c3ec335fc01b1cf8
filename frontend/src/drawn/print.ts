/** Makes a picture ready for a renderer that is no browser: one file of a font for each piece of text. */
import { darken } from "./dark";
import { SvgNode } from "./dom";
import { type FontFile, filesOf, runsOf } from "./fonts";
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
  const runs = runsOf(text.textContent, files);
  text.textContent = "";
  for (const { text: piece, font } of runs) {
    const span = new SvgNode("tspan");
    if (font !== null) span.setAttribute("font-family", `'${font}'`);
    span.textContent = piece;
    text.appendChild(span);
  }
  // Renderers know the older way to keep spaces.
  text.setAttribute("xml:space", "preserve");
  text.attributes.delete("style");
  text.attributes.delete("font-family");
  // They place a text as if it began at the left, whichever way it is read.
  const anchor = text.getAttribute("text-anchor") ?? "start";
  if (text.getAttribute("direction") === "rtl")
    text.setAttribute("text-anchor", SWAPPED[anchor] ?? anchor);
}
