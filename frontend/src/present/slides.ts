/** The frames of a board as slides, in the order in which one reads. Knows no editor. */
import { STAGE_KEYS } from "../keys/shortcuts";

/** Where something is; its size counts in the direction of reading down alone. */
interface Placed {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface Frame extends Placed {
  readonly id: string;
  readonly width: number;
  readonly name: string;
}

/**
 * Row by row from the top, each from the left. A frame is in the row of those above it whose middle
 * it reaches above: people do not align frames exactly.
 */
export function inReadingOrder<One extends Placed>(frames: readonly One[]): One[] {
  const rows: One[][] = [];
  for (const frame of [...frames].sort((a, b) => a.y - b.y)) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (row && first && frame.y < first.y + first.height / 2) row.push(frame);
    else rows.push([frame]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.x - b.x));
}

/** Where a key leads from slide `at` of `count`; `null` for keys that mean nothing here. */
export function stepOf(key: string, at: number, count: number): number | null {
  const last = Math.max(0, count - 1);
  if (has(STAGE_KEYS.next, key)) return Math.min(at + 1, last);
  if (has(STAGE_KEYS.previous, key)) return Math.max(at - 1, 0);
  if (has(STAGE_KEYS.first, key)) return 0;
  return has(STAGE_KEYS.last, key) ? last : null;
}

function has(keys: readonly string[], key: string): boolean {
  return keys.includes(key);
}
