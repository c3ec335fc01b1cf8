/**
 * Draws a board where there is no page: the server starts this in a JavaScript engine of its own. It
 * is the same code that draws on the page.
 */
import "./globals";

import { exportToSvg } from "@excalidraw/excalidraw";
import type { ExcalidrawFrameElement } from "@excalidraw/excalidraw/element/types";
import type { BinaryFiles } from "@excalidraw/excalidraw/types";
import type { FileElement } from "../canvas/file";
import { drawingOf } from "../files/drawing";
import { chosenOf, type Elements } from "../files/selection";
import { inReadingOrder } from "../present/slides";
import type { SvgNode } from "./dom";
import { type FontFile, setFonts } from "./fonts";
import { type Link, marked, resolveLinks } from "./links";
import { prepareForPrint } from "./print";
import { readFile } from "./read";
import { textOf } from "./svg";

/** What `sync/rendering/child.py` asks for. */
interface Order {
  readonly elements: readonly FileElement[];
  /** The images whose bytes are there, with their media types. */
  readonly images: Readonly<Record<string, string>>;
  /** `null`: none. */
  readonly background: string | null;
  readonly isDark: boolean;
  readonly padding: number;
  /** The elements that are wanted, with what is in them; `null`: all. */
  readonly chosen: readonly string[] | null;
  readonly frame: string | null;
  /** Each frame on a page of its own. */
  readonly hasFrames: boolean;
  /** Whether it is for a renderer, and not a file for browsers. */
  readonly isPrinted: boolean;
  readonly mostElements: number;
  readonly mostPages: number;
}

interface Page {
  readonly width: number;
  readonly height: number;
  readonly links: readonly Link[];
}

/** `refused` says why nothing was drawn, by a name that the server has words for. */
type Answer =
  | { readonly pages: readonly Page[]; readonly left: number }
  | { readonly refused: "elements" | "frame" | "nothing"; readonly count: number };

const EMPTY_SIDE = 200;

async function answer(order: Order): Promise<Answer> {
  const all = drawingOf(order.elements).elements as unknown as Elements;
  const elements: Elements = order.chosen ? chosenOf(all, new Set(order.chosen)) : all;
  if (order.chosen && elements.length === 0) return { refused: "nothing", count: 0 };
  if (elements.length > order.mostElements) return { refused: "elements", count: elements.length };
  const frames = framesOf(elements, order);
  if (frames === null) return { refused: "frame", count: 0 };
  const pages: Page[] = [];
  for (const frame of frames.slice(0, order.mostPages)) {
    pages.push(await pageOf(elements, frame, order));
  }
  return { pages, left: frames.length - pages.length };
}

/** The frames that become pages; `[null]` is one page with everything. */
function framesOf(
  elements: Elements,
  { frame, hasFrames }: Order,
): readonly (ExcalidrawFrameElement | null)[] | null {
  const frames = elements.filter((one) => one.type === "frame");
  if (frame !== null) {
    const wanted = frames.filter(({ id }) => id === frame);
    return wanted.length > 0 ? wanted : null;
  }
  if (!hasFrames || frames.length === 0) return [null];
  return inReadingOrder(frames);
}

async function pageOf(
  elements: Elements,
  exportingFrame: ExcalidrawFrameElement | null,
  order: Order,
): Promise<Page> {
  const drawn =
    elements.length === 0 ? emptySvg(order) : await svgOf(elements, exportingFrame, order);
  const links = resolveLinks(drawn, elements);
  if (order.isPrinted) prepareForPrint(drawn);
  const [, , width = 1, height = 1] = (drawn.getAttribute("viewBox") ?? "").split(" ").map(Number);
  outcome.pictures.push(textOf(drawn));
  return { width, height, links };
}

async function svgOf(
  elements: Elements,
  exportingFrame: ExcalidrawFrameElement | null,
  order: Order,
): Promise<SvgNode> {
  const svg = await exportToSvg({
    elements: marked(elements) as unknown as Elements,
    appState: {
      exportBackground: order.background !== null,
      viewBackgroundColor: order.background ?? "#ffffff",
      exportWithDarkMode: order.isDark,
    },
    files: filesOf(elements, order),
    exportPadding: order.padding,
    exportingFrame,
    skipInliningFonts: order.isPrinted,
  });
  return svg as unknown as SvgNode;
}

/** Names in place of the bytes; of images that have not arrived, the one of a grey box. */
function filesOf(elements: Elements, { images }: Order): BinaryFiles {
  const files: Record<string, unknown> = {};
  for (const element of elements) {
    if (element.type !== "image" || element.fileId === null) continue;
    const id = element.fileId;
    const mimeType = images[id];
    const dataURL = mimeType === undefined ? "image:" : `image:${id}`;
    files[id] = { id, mimeType: mimeType ?? "image/png", dataURL, created: 1 };
  }
  return files as BinaryFiles;
}

/** The editor has no size for nothing: a small sheet, as one expects of an empty board. */
function emptySvg(order: Order): SvgNode {
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  root.setAttribute("version", "1.1");
  root.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  root.setAttribute("viewBox", `0 0 ${EMPTY_SIDE} ${EMPTY_SIDE}`);
  root.setAttribute("width", String(EMPTY_SIDE));
  root.setAttribute("height", String(EMPTY_SIDE));
  if (order.isDark) root.setAttribute("filter", "invert(93%) hue-rotate(180deg)");
  if (order.background !== null) {
    const sheet = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    sheet.setAttribute("width", String(EMPTY_SIDE));
    sheet.setAttribute("height", String(EMPTY_SIDE));
    sheet.setAttribute("fill", order.background);
    root.appendChild(sheet);
  }
  return root as unknown as SvgNode;
}

/** What came of the newest order; the engine that runs this has no way to wait for a promise. */
const outcome: {
  answer: string | null;
  /** Of the pages, in their order: as large as they are, they are not made a part of another text. */
  readonly pictures: string[];
  error: string | null;
} = { answer: null, pictures: [], error: null };

Object.assign(globalThis, {
  canvasOutcome: outcome,
  canvasDraw(fonts: string, order: string) {
    setFonts(JSON.parse(fonts) as FontFile[]);
    settle(answer(JSON.parse(order) as Order));
  },
  /** The drawing is the only one of `pictures`. */
  canvasRead(fonts: string, name: string, text: string) {
    setFonts(JSON.parse(fonts) as FontFile[]);
    settle(
      readFile(name, text).then((read) => {
        if ("refused" in read) return read;
        const { drawing, ...told } = read;
        outcome.pictures.push(drawing);
        return told;
      }),
    );
  },
});

function settle(promise: Promise<object>): void {
  promise.then(
    (answered) => {
      outcome.answer = JSON.stringify(answered);
    },
    (error: unknown) => {
      outcome.error = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    },
  );
}
