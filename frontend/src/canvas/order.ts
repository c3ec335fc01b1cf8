/**
 * Stacking order. The document holds fractional indices that other programs may have got wrong or
 * that two people created equal at the same moment. They are put right for display only, by a pure
 * function of the document, so that every replica shows the same order and nobody writes.
 */
import { generateKeyBetween, generateNKeysBetween } from "fractional-indexing";

/** An element's id and its index as the document has it. */
export interface OrderEntry {
  readonly id: string;
  readonly index: string | null;
  /** Of equal indices the one with the lower rank keeps its own; 0 when it is not given. */
  readonly rank?: number;
}

/** Longer than any index that insertion between neighbours makes in practice. */
const MAX_INDEX_LENGTH = 1000;

/**
 * Whether an index follows the grammar of `fractional-indexing`. The editor throws at one that
 * does not, which leaves people with an empty canvas.
 */
export function isValidIndex(index: unknown): index is string {
  if (typeof index !== "string" || index.length > MAX_INDEX_LENGTH) return false;
  if (!/^[A-Za-z][0-9A-Za-z]*$/.test(index)) return false;
  try {
    generateKeyBetween(index, null);
    return true;
  } catch {
    return false;
  }
}

/**
 * Sorts by (index, rank, id), unusable indices last, and gives every entry an index that is valid and
 * greater than the one before it. Indices that already are, stay.
 */
export function orderForDisplay(entries: readonly OrderEntry[]): { id: string; index: string }[] {
  const sorted = entries
    .map((entry) => ({ ...entry, index: isValidIndex(entry.index) ? entry.index : null }))
    .sort(compareEntries);
  const ordered: { id: string; index: string }[] = [];
  let below: string | null = null;
  for (let start = 0; start < sorted.length; ) {
    const end = endOfRunToRepair(sorted, start, below);
    const entry = sorted[start];
    if (end === start && entry && entry.index !== null) {
      ordered.push({ id: entry.id, index: entry.index });
      start += 1;
    } else {
      const above = sorted[end]?.index ?? null;
      const keys = generateNKeysBetween(below, above, end - start);
      for (const [offset, index] of keys.entries()) {
        ordered.push({ id: sorted[start + offset]?.id ?? "", index });
      }
      start = end;
    }
    below = ordered.at(-1)?.index ?? null;
  }
  return ordered;
}

/** First position from `start` whose index may stay above `below`; `start` itself if it may. */
function endOfRunToRepair(sorted: readonly OrderEntry[], start: number, below: string | null) {
  let end = start;
  for (; end < sorted.length; end += 1) {
    const index = sorted[end]?.index ?? null;
    if (index !== null && (below === null || index > below)) break;
  }
  return end;
}

function compareEntries(a: OrderEntry, b: OrderEntry): number {
  if (a.index !== b.index) {
    if (a.index === null) return 1;
    if (b.index === null) return -1;
    return a.index < b.index ? -1 : 1;
  }
  if ((a.rank ?? 0) !== (b.rank ?? 0)) return (a.rank ?? 0) - (b.rank ?? 0);
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
