/** Several texts as notes beside and below each other. */
import type { FileElement } from "../canvas/file";
import { isNote } from "../canvas/note";
import { fittedNote } from "./measure";
import { type Box, GAP, SIZE } from "./note";

export const MAX_NOTES = 2_000;
/** Of what is pasted; a text of a note can be 50,000 long. */
export const MAX_CHARACTERS = 200_000;
const IN_ROW = 10;

/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Notes in rows that make about a square, at most ten in one; the first at (0, 0). */
export function gridOf(
  texts: readonly string[],
  colour: string,
  inRow: number = Math.min(IN_ROW, Math.ceil(Math.sqrt(texts.length))),
): FileElement[] {
  const notes: FileElement[] = [];
  let y = 0;
  for (let first = 0; first < texts.length; first += inRow) {
    const row = texts.slice(first, first + inRow).flatMap((text, column) => {
      const box: Box = { x: column * (SIZE + GAP), y, width: SIZE, height: SIZE };
      return fittedNote(box, colour, text);
    });
    const heights = row
      .filter((one) => isNote({ type: String(one.type), customData: one.customData }))
      .map(({ height }) => Number(height));
    notes.push(...row);
    y += Math.max(...heights) + GAP;
  }
  return notes;
}
