/** The fonts that drawings are made with, as `build/drawnFonts.ts` lists them. */

/** One file of a font: Excalidraw's fonts are divided by ranges of characters. */
export interface FontFile {
  /** The font as Excalidraw names it. */
  readonly family: string;
  /** The name of this file alone, by which the renderer finds it. */
  readonly name: string;
  /** Its characters: first and last code point of each range. */
  readonly ranges: readonly number[];
  /** Widths by code point in thousandths of the font's size; of the font of frames' names alone. */
  readonly widths?: Readonly<Record<string, number>>;
}

/** Takes the place of Helvetica, which the names of frames are written in. */
const HELVETICA = "Liberation";
/** Of characters whose width is not known: about that of a letter. */
const USUAL_WIDTH = 556;
/** What each stack of fonts ends with, so that a letter is rather in another font than missing. */
const LAST = [HELVETICA, "Assistant"];

let files: readonly FontFile[] = [];
let widths: Readonly<Record<string, number>> = {};

export function setFonts(all: readonly FontFile[]): void {
  files = all;
  widths = all.find((one) => one.widths)?.widths ?? {};
}

/** How wide a text is at `size` pixels, in the font of frames' names. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const char of text) width += widths[String(char.codePointAt(0))] ?? USUAL_WIDTH;
  return (width * size) / 1000;
}

export interface Run {
  readonly text: string;
  /** `null`: none of the fonts has these characters. */
  readonly font: string | null;
}

/** The files of a stack of fonts, as it stands in an attribute `font-family`. */
export function filesOf(stack: string): FontFile[] {
  const names = stack.split(",").map((name) => name.trim().replace(/^["']|["']$/g, ""));
  const wanted = [...names.map((name) => (name === "Helvetica" ? HELVETICA : name)), ...LAST];
  return [...new Set(wanted)].flatMap((name) => files.filter(({ family }) => family === name));
}

/**
 * A text in pieces of one file each, as browsers divide it. Renderers try one font after the other
 * for the whole text, and stop when a file has part of a syllable only.
 */
export function runsOf(text: string, from: readonly FontFile[]): Run[] {
  const runs: { text: string; font: string | null }[] = [];
  for (const char of text) {
    const last = runs.at(-1);
    const font = isJoining(char) && last ? last.font : fontOf(char, from, last?.font ?? null);
    if (last && last.font === font) last.text += char;
    else runs.push({ text: char, font });
  }
  return runs;
}

/** Marks, joiners and variation selectors belong to the letter before. */
function isJoining(char: string): boolean {
  return /\p{M}|\u200c|\u200d|\ufe0e|\ufe0f/u.test(char);
}

function fontOf(char: string, from: readonly FontFile[], last: string | null): string | null {
  const code = char.codePointAt(0) ?? 0;
  const family = from.find(({ ranges }) => holds(ranges, code));
  // Spaces are in every file: they do not end a run.
  if (char === " " && last !== null) return last;
  return family?.name ?? null;
}

function holds(ranges: readonly number[], code: number): boolean {
  for (let at = 0; at + 1 < ranges.length; at += 2) {
    if (code < (ranges[at] ?? 0)) return false;
    if (code <= (ranges[at + 1] ?? -1)) return true;
  }
  return false;
}
