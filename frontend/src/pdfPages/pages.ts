/** Pages of a PDF as elements: each an image in a frame of its own, in rows. */
import { getDataURL } from "@excalidraw/excalidraw";
import type { FileId } from "@excalidraw/excalidraw/element/types";
import type { BinaryFileData, BinaryFiles } from "@excalidraw/excalidraw/types";
import type { FileElement } from "../canvas/file";
import { type Drawing, drawingOf } from "../files/drawing";
import { Refused } from "../files/refused";
import { t } from "../i18n";
import { newElementId } from "../page/ids";
import { MAX_MEGABYTES, type Size, scaleOfPicture, sizeOnBoard } from "./limits";
import type { Drawn, PdfReader } from "./reader";

/** Between frames; their names stand above them. */
const GAP = 80;
const MEGABYTE = 1024 * 1024;
/** From here on a picture may be a photograph, which is smaller as JPEG. */
const LARGE_BYTES = 1_000_000;
const JPEG_QUALITY = 0.88;
const MAX_NAME = 80;

export interface Page {
  readonly number: number;
  /** On the board. */
  readonly size: Size;
  readonly fileId: string;
}

/** What comes to the board, and how. */
export interface Choice {
  readonly name: string;
  readonly pages: readonly number[];
  readonly isLocked: boolean;
}

/** Draws the pages, one after the other. Throws `Refused`, or what the signal says. */
export async function drawPages(
  pdf: PdfReader,
  { name, pages, isLocked }: Choice,
  onPage: (done: number) => void,
  signal: AbortSignal,
): Promise<Drawing> {
  const files: Record<string, BinaryFileData> = {};
  const drawn: Page[] = [];
  let left = MAX_MEGABYTES * MEGABYTE;
  for (const number of pages) {
    const page = await pdf.draw(number, scaleOfPicture, signal);
    const picture = await pictureOf(page);
    left -= picture.size;
    if (left < 0)
      throw new Refused(
        t("These pages are larger than {n} MB as pictures and were not added. Take fewer pages.", {
          n: MAX_MEGABYTES,
        }),
      );
    const id = newElementId() as FileId;
    const mimeType = picture.type as BinaryFileData["mimeType"];
    files[id] = { id, mimeType, dataURL: await getDataURL(picture), created: Date.now() };
    drawn.push({ number, size: sizeOnBoard(page.size), fileId: id });
    signal.throwIfAborted();
    onPage(drawn.length);
  }
  const { elements, left: lost } = drawingOf(elementsOfPages(drawn, name, isLocked));
  return { elements, files: files as BinaryFiles, left: lost };
}

/** As PNG, which keeps letters sharp; what is large and much smaller as JPEG, as that. */
async function pictureOf({ canvas }: Drawn): Promise<Blob> {
  const png = await blobOf(canvas, "image/png");
  const jpeg = png && png.size > LARGE_BYTES ? await blobOf(canvas, "image/jpeg") : null;
  const picture = jpeg && png && jpeg.size < png.size / 2 ? jpeg : png;
  // Its memory is free at once, and not when it is next tidied up.
  canvas.width = 0;
  if (!picture) throw new Refused(t("A page of this PDF can’t be drawn; nothing was added."));
  return picture;
}

function blobOf(canvas: HTMLCanvasElement, type: string): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, type, JPEG_QUALITY));
}

/**
 * The elements of pages, in about as many rows as columns. What is drawn on a page belongs to its
 * frame, and moves with it; a locked page does not move alone.
 */
export function elementsOfPages(
  pages: readonly Page[],
  name: string,
  isLocked: boolean,
): FileElement[] {
  const columns = Math.ceil(Math.sqrt(pages.length));
  const elements: FileElement[] = [];
  let [x, y, tallest] = [0, 0, 0];
  for (const [at, { number, size, fileId }] of pages.entries()) {
    if (at > 0 && at % columns === 0) [x, y, tallest] = [0, y + tallest + GAP, 0];
    const frame = newElementId();
    const image = { id: newElementId(), type: "image", fileId, status: "saved", scale: [1, 1] };
    const title = t("{file} p. {n}", { file: titleOf(name), n: number });
    elements.push({ ...image, ...size, x, y, frameId: frame, locked: isLocked });
    elements.push({ id: frame, type: "frame", ...size, x, y, name: title });
    x += size.width + GAP;
    tallest = Math.max(tallest, size.height);
  }
  return elements;
}

function titleOf(name: string): string {
  return Array.from(name.replace(/\.pdf$/i, ""))
    .slice(0, MAX_NAME)
    .join("");
}
