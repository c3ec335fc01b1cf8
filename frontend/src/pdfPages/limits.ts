/** Which pages of a PDF come to the board, and how much of them. Pure. */

/** At once: each becomes an image that is uploaded. */
export const MAX_PAGES = 50;
/** Of the picture of one page. */
export const MAX_PIXELS = 4_000_000;
export const MAX_SIDE = 4_096;
/** Of all pictures together. */
export const MAX_MEGABYTES = 60;
/** On the board; an A4 page is 1,123 units high. */
export const MAX_UNITS = 4_000;
/** A point of a page in units of the board, which are CSS pixels. */
export const UNITS = 4 / 3;
/** Pixels of a picture for each unit of the board: sharp on fine screens, and when zoomed into. */
export const SHARPNESS = 2;
/** For one page, while the page is in view. */
export const PATIENCE_SECONDS = 30;
/** Of what is written into the field. */
export const MAX_TEXT = 300;

export interface Size {
  readonly width: number;
  readonly height: number;
}

const RANGE = /^(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?$/;

/**
 * The pages in a text as “1-5, 8”, in order and each once; of more than `most`, the first and one
 * more. `null` for a text that does not say any, or pages that are not there.
 */
export function pagesIn(text: string, count: number, most = MAX_PAGES): number[] | null {
  const pages = new Set<number>();
  for (const part of text.slice(0, MAX_TEXT).split(/[,;]/)) {
    if (part.trim() === "") continue;
    const found = RANGE.exec(part.trim());
    if (!found) return null;
    const first = Number(found[1]);
    const last = Number(found[2] ?? found[1]);
    if (first < 1 || last < first || last > count) return null;
    for (let page = first; page <= last && pages.size <= most; page += 1) pages.add(page);
  }
  return pages.size > 0 ? [...pages].sort((one, other) => one - other) : null;
}

/** The text that says these pages, as short as it can be. */
export function textOfPages(pages: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const page of pages) {
    const last = ranges.at(-1);
    if (last && last[1] === page - 1) last[1] = page;
    else ranges.push([page, page]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}

/** How large a page is on the board, from its size in points. */
export function sizeOnBoard({ width, height }: Size): Size {
  const scale = Math.min(UNITS, MAX_UNITS / Math.max(width, height, 1));
  return { width: Math.max(1, width * scale), height: Math.max(1, height * scale) };
}

/** How many pixels the picture of a page has for each point. */
export function scaleOfPicture({ width, height }: Size): number {
  const most = Math.sqrt(MAX_PIXELS / Math.max(width * height, 1));
  return Math.min(UNITS * SHARPNESS, most, MAX_SIDE / Math.max(width, height, 1));
}
