/** The fonts that drawings are made with, as `build/drawnFonts.ts` lists them. */

/** One file of a font: Excalidraw's fonts are divided by ranges of characters. */
export interface FontFile {
  /** The font as Excalidraw names it. */
  readonly family: string;
  /** The name of this file alone, by which the renderer finds it. */
  readonly name: string;
  /** Its characters: first and last code point of each range. */
  readonly ranges: readonly number[];
  /** Of most characters, in thousandths of the font's size. */
  readonly width: number;
  /** Of all others, by code point. */
  readonly widths: Readonly<Record<string, number>>;
  /** What is added between two code points, in the same unit. */
  readonly kerning?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Takes the place of Helvetica, which the names of frames are written in. */
const HELVETICA = "Liberation";
/** Of characters that none of the fonts has, in thousandths of the font's size: about a letter's. */
const USUAL_WIDTH = 556;
const EMOJI = "Noto Color Emoji";
/** What each stack of fonts ends with, so that a letter is rather in another font than missing. */
const LAST = [
  ...[HELVETICA, "Assistant", EMOJI],
  ...["Noto Sans Arabic", "Noto Sans Devanagari", "Noto Sans Thai"],
];
/** A letter with its marks, or an emoji of several characters. */
const CLUSTER = /\p{RI}{2}|.(?:\p{M}|\u200c|\p{EMod}|\u200d\p{ExtPict}?)*/gsu;

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
  return widthBy(fileOf, text) * size;
}

/** The same of a piece that `runsOf` has found. Its file may lack the spaces in it. */
export function runWidth({ text, font }: Run, size: number, from: readonly FontFile[]): number {
  const file = from.find(({ name }) => name === font) ?? null;
  const has = (code: number) => (one: FontFile) => holds(one.ranges, code);
  const fileOf = (code: number) =>
    file && has(code)(file) ? file : (from.find(has(code)) ?? null);
  return widthBy(fileOf, text) * size;
}

/** Of a size of 1. */
function widthBy(fileOf: (code: number) => FontFile | null, text: string): number {
  let width = 0;
  let last: { code: number; file: FontFile | null } | null = null;
  for (const [cluster] of text.matchAll(CLUSTER)) {
    const code = cluster.codePointAt(0) ?? 0;
    const file = fileOf(code);
    width += file ? (file.widths[code] ?? file.width) : USUAL_WIDTH;
    if (last && last.file === file) width += file?.kerning?.[last.code]?.[code] ?? 0;
    last = { code, file };
  }
  return width / 1000;
}

/** Spaces and digits are in several files of a font; browsers take them from the largest. */
function measuringOrder(stack: string): FontFile[] {
  const found = filesOf(stack);
  const families = [...new Set(found.map(({ family }) => family))];
  const count = ({ ranges }: FontFile) =>
    ranges.reduce((sum, code, at) => sum + (at % 2 ? code + 1 : -code), 0);
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

/** A text in pieces of one file each, as browsers divide it. */
export function runsOf(text: string, from: readonly FontFile[]): Run[] {
  const runs: { text: string; font: string | null }[] = [];
  for (const [cluster] of text.matchAll(CLUSTER)) {
    const last = runs.at(-1);
    // Spaces are in every file: they do not end a run.
    const font = cluster === " " && last ? last.font : fontOf(cluster, from);
    if (last && last.font === font) last.text += cluster;
    else runs.push({ text: cluster, font });
  }
  return runs;
}

function fontOf(cluster: string, from: readonly FontFile[]): string | null {
  const code = cluster.codePointAt(0) ?? 0;
  const has = ({ ranges }: FontFile) => holds(ranges, code);
  const isAsked = cluster.includes("\ufe0f");
  const emoji = isAsked && from.find((file) => file.family === EMOJI && has(file));
  return (emoji || from.find(has))?.name ?? null;
}

function holds(ranges: readonly number[], code: number): boolean {
  for (let at = 0; at + 1 < ranges.length; at += 2) {
    if (code < (ranges[at] ?? 0)) return false;
    if (code <= (ranges[at + 1] ?? -1)) return true;
  }
  return false;
}
