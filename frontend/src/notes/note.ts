/**
 * What a sticky note is: a filled rectangle with a text in it, which every Excalidraw opens, and a
 * mark in `customData`. Who wrote it is not in there: see `authors.ts`.
 */
import type { FileElement } from "../canvas/file";
import { newElementId } from "../page/ids";

/** The side of a new note, and the space between two, in the units of the canvas. */
export const SIZE = 200;
export const GAP = 20;
/** What stays free above and below the text: the author's name stands there. */
export const MARGIN = 20;

/** Of the editor's own palette, so that its colour menu knows them. */
export const COLOURS = {
  yellow: "#ffec99",
  orange: "#ffd8a8",
  pink: "#fcc2d7",
  violet: "#d0bfff",
  blue: "#a5d8ff",
  green: "#b2f2bb",
} as const;

export const TEXT_COLOUR = "#1e1e1e";

/** The letters of a text; how high a line is belongs to the font. */
export interface Font {
  readonly fontSize: number;
  readonly fontFamily: number;
  readonly lineHeight: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A note without text, in the form of files. */
export function emptyNote(box: Box, colour: string, frameId: string | null = null): FileElement {
  return {
    ...{ id: newElementId(), type: "rectangle", ...box, customData: { note: true }, frameId },
    ...{ backgroundColor: colour, fillStyle: "solid", strokeColor: "transparent" },
    ...{ strokeWidth: 1, strokeStyle: "solid", roughness: 0, roundness: null, opacity: 100 },
  };
}

/** A note and its text, in the form of files; the editor measures the text, and wraps it. */
export function noteWithText(
  box: Box,
  colour: string,
  text: string,
  { fontSize, fontFamily, lineHeight }: Font,
): FileElement[] {
  const note = emptyNote(box, colour);
  if (text.trim() === "") return [note];
  const label: FileElement = {
    ...{ id: newElementId(), type: "text", containerId: note.id ?? null },
    ...{ fontSize, fontFamily, lineHeight },
    ...{ text, originalText: text, textAlign: "center", verticalAlign: "middle" },
    ...{ x: box.x, y: box.y, strokeColor: TEXT_COLOUR },
  };
  return [{ ...note, boundElements: [{ id: label.id ?? null, type: "text" }] }, label];
}

/** Where the next note goes: the first place beside or below `from` that no other note takes. */
export function nextPlace(from: Box, others: readonly Box[], isBelow: boolean): Box {
  const size = { width: from.width, height: Math.min(from.width, from.height) };
  const after = (box: Box) => (isBelow ? box.y + box.height : box.x + box.width) + GAP;
  const at = (start: number): Box =>
    isBelow ? { ...size, x: from.x, y: start } : { ...size, x: start, y: from.y };
  let place = at(after(from));
  // Each of them is in the way once at most.
  for (let tries = 0; tries <= others.length; tries += 1) {
    const taken = others.find((other) => overlap(place, other));
    if (!taken) break;
    place = at(after(taken));
  }
  return place;
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
