/** In which order the pieces of a line stand, from left to right. */

const RTL = "[\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufeff]";
/** From one letter that is read from the right to the last one before anything that is not. */
const SEGMENT = new RegExp(`${RTL}(?:[^\\p{L}\\p{N}]*${RTL})*`, "gu");

export interface Segment {
  readonly text: string;
  readonly isRtl: boolean;
}

/**
 * A line in segments of one direction, from left to right. `isRtl` says how the line as a whole is
 * read. What stands inside a segment is left to the renderer.
 *
 * After the Unicode Bidirectional Algorithm (UAX 9), without embeddings and overrides.
 */
export function segmentsOf(line: string, isRtl: boolean): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const { 0: text, index } of line.matchAll(SEGMENT)) {
    if (index > end) segments.push({ text: line.slice(end, index), isRtl: false });
    segments.push({ text, isRtl: true });
    end = index + text.length;
  }
  if (end < line.length) segments.push({ text: line.slice(end), isRtl: false });
  return isRtl ? segments.reverse() : segments;
}
