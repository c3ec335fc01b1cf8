/** The fonts that drawings are made with, as `build/drawnFonts.ts` lists them. */

/** One file of a font: Excalidraw's fonts are divided by ranges of characters. */
export interface FontFile {
  /** The font as Excalidraw names it. */
  readonly family: string;
  /** The name of this file alone, by which the renderer finds it. */
  readonly name: string;
  /** Its characters: first and last code point of each range. */
  readonly ranges: readonly number[];
  /** Widths by code point in thousandths of the font's size; of the fonts that are measured alone. */
  readonly widths?: Readonly<Record<string, number>>;
  /** What is added between two code points, in the same unit. */
  readonly kerning?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Takes the place of Helvetica, which the names of frames are written in. */
const HELVETICA = "Liberation";
/** Of characters whose width is not known: about that of a letter, and of a Chinese character. */
const USUAL_WIDTH = 556;
const WIDE = 1000;
const WIDE_FONT = "Xiaolai";
/** What each stack of fonts ends with, so that a letter is rather in another font than missing. */
const LAST = [HELVETICA, "Assistant"];

let files: readonly FontFile[] = [];
/** For each stack of fonts: the file of each character that was measured. */
const measured = new Map<string, (code: number) => FontFile | null>();

export function setFonts(all: readonly FontFile[]): void {
  files = all;
  measured.clear();
}

/**
 * How wide a text is at `size` pixels in a stack of fonts, kerning included: as browsers measure it
 * where letters may stand between pixels, but for ligatures.
 */
export function textWidth(text: string, size: number, stack: string = HELVETICA): number {
  const fileOf = measured.get(stack) ?? remembering(measuringOrder(stack));
  measured.set(stack, fileOf);
  let width = 0;
  let last: { code: number; file: FontFile | null } | null = null;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const file = fileOf(code);
    width += file?.widths?.[code] ?? (file?.family === WIDE_FONT ? WIDE : USUAL_WIDTH);
    if (last && last.file === file) width += file?.kerning?.[last.code]?.[code] ?? 0;
    last = { code, file };
  }
  return (width * size) / 1000;
}

/** Spaces and digits are in several files of a font; browsers take them from the largest. */
function measuringOrder(stack: string): FontFile[] {
  const found = filesOf(stack);
  const families = [...new Set(found.map(({ family }) => family))];
  const count = ({ widths = {} }: FontFile) => Object.keys(widths).length;
  return families.flatMap((wanted) =>
    found.filter(({ family }) => family === wanted).sort((a, b) => count(b) - count(a)),
  );
}

function remembering(from: readonly FontFile[]): (code: number) => FontFile | null {
  const known = new Map<number, FontFile | null>();
  return (code) => {
    const found = known.get(code);
    if (found !== undefined) return found;
    const file = from.find(({ ranges }) => holds(ranges, code)) ?? null;
    known.set(code, file);
    return file;
  };
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
