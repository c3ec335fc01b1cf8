/**
 * Lengths of texts in characters (code points), as the server, its database and JSON Schema count
 * them. `length` of JavaScript counts an emoji as two.
 */

/** Whether a text has more than `most` characters. */
export function isLongerThan(text: string, most: number): boolean {
  if (text.length <= most) return false;
  return text.length > 2 * most || countOf(text) > most;
}

/** The first `most` characters of a text, never half of one. */
export function shortened(text: string, most: number): string {
  return isLongerThan(text, most) ? [...text.slice(0, 2 * most)].slice(0, most).join("") : text;
}

/** How many characters a text has. */
export function countOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
