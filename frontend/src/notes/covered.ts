/** Which notes have another note over their author's name. */
import { type Box, MARGIN } from "./note";

const CELL = 400;
/** Larger ones are looked at one by one. */
const MAX_CELLS = 8;
/** Where a name is, at the lower edge of its note, as shares of the width. */
const NAME = [0.05, 0.25];

/** The positions of covered ones in `notes`, which come from back to front. */
export function covered(notes: readonly Box[]): Set<number> {
  const cells = new Map<string, number[]>();
  const large: number[] = [];
  for (const [at, note] of notes.entries()) {
    const [left, top] = [cellOf(note.x), cellOf(note.y)];
    const [right, bottom] = [cellOf(note.x + note.width), cellOf(note.y + note.height)];
    if (!(right - left < MAX_CELLS && bottom - top < MAX_CELLS)) {
      large.push(at);
      continue;
    }
    for (let x = left; x <= right; x += 1) {
      for (let y = top; y <= bottom; y += 1) {
        const name = `${x},${y}`;
        const cell = cells.get(name);
        if (cell) cell.push(at);
        else cells.set(name, [at]);
      }
    }
  }
  const found = new Set<number>();
  for (const [at, note] of notes.entries()) {
    const y = note.y + note.height - MARGIN / 2;
    for (const share of NAME) {
      const x = note.x + note.width * share;
      const near = [...(cells.get(`${cellOf(x)},${cellOf(y)}`) ?? []), ...large];
      if (near.some((one) => one > at && holds(notes[one], x, y))) found.add(at);
    }
  }
  return found;
}

function cellOf(value: number): number {
  return Math.floor(value / CELL);
}

function holds(box: Box | undefined, x: number, y: number): boolean {
  if (!box) return false;
  return x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
}
