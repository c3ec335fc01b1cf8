/** Finds words in the texts of the board on this page, as the server finds them elsewhere. */
import type { Here } from "./open";
import type { Part } from "./server";

const MAX_ROWS = 8;
const BEFORE = 40;
const AFTER = 100;

/** The texts that have all of the words, each with the first place where one stands. */
export function findHere(
  texts: readonly Here[],
  typed: string,
): { readonly id: string; readonly parts: Part[] }[] {
  const words = [...plainText(typed).text.matchAll(/[\p{L}\p{N}\p{M}\p{So}]+/gu)].map(([w]) => w);
  if (words.length === 0) return [];
  const found = [];
  for (const { id, text } of texts) {
    const { text: plain, at } = plainText(text);
    const places = words.map((word) => [plain.indexOf(word), word.length] as const);
    if (places.some(([start]) => start < 0)) continue;
    const [start, length] = places.reduce((a, b) => (b[0] < a[0] ? b : a));
    found.push({ id, parts: partsOf(text, at[start] ?? 0, at[start + length] ?? text.length) });
    if (found.length === MAX_ROWS) break;
  }
  return found;
}

/** The text without case and accents, and for each of its characters where it stood. */
function plainText(text: string): { readonly text: string; readonly at: readonly number[] } {
  let plain = "";
  const at: number[] = [];
  let place = 0;
  for (const char of text) {
    const folded = char
      .normalize("NFKD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase();
    for (let n = 0; n < folded.length; n++) at.push(place);
    plain += folded;
    place += char.length;
  }
  at.push(place);
  return { text: plain, at };
}

function partsOf(text: string, start: number, end: number): Part[] {
  const [from, to] = [Math.max(0, start - BEFORE), Math.min(text.length, end + AFTER)];
  const pieces = [
    { text: (from > 0 ? "…" : "") + text.slice(from, start), is_match: false },
    { text: text.slice(start, end), is_match: true },
    { text: text.slice(end, to) + (to < text.length ? "…" : ""), is_match: false },
  ];
  return pieces.filter((piece) => piece.text !== "");
}
