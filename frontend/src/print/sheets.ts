/**
 * The board as sheets of paper: SVG in the page itself, which the browser prints, or saves as a PDF
 * with its lines, fonts and links.
 */
import { exportToSvg } from "@excalidraw/excalidraw";
import type { ExcalidrawFrameElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { type Elements, selectionOf } from "../files/selection";
import { framesOf } from "../present/frames";

/** What is printed: all on one sheet, what is selected on one, or each frame on its own. */
export type What = "board" | "selection" | "frames";
/** A sheet as large as what is on it, or one that printers have. */
export type Paper = "drawing" | "a4" | "letter";

export const MAX_SHEETS = 200;
const PADDING = 20;
/** In CSS pixels. PDF readers show no page of more than 200 inches. */
const LONGEST_SIDE = 14_000;
const MARGIN = "10mm";

export interface PrintChoice {
  readonly what: What;
  readonly paper: Paper;
  readonly hasBackground: boolean;
}

/** How many sheets there would be. */
export function countSheets(api: ExcalidrawImperativeAPI, what: What): number {
  if (what === "frames") return framesOf(api).length;
  return (what === "board" ? api.getSceneElements() : selectionOf(api)).length > 0 ? 1 : 0;
}

/** How many images on the board have not arrived here, and would be missing. */
export function countMissingImages(api: ExcalidrawImperativeAPI): number {
  const files = api.getFiles();
  return api
    .getSceneElements()
    .filter((one) => one.type === "image" && one.fileId !== null && !files[one.fileId]).length;
}

/**
 * Draws the sheets, one after the other, and opens the browser's print dialog. Returns false if
 * `signal` was aborted meanwhile.
 */
export async function print(
  api: ExcalidrawImperativeAPI,
  choice: PrintChoice,
  onSheet: (done: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const stage = document.createElement("div");
  stage.className = "print-stage";
  stage.setAttribute("aria-hidden", "true");
  stage.inert = true;
  document.body.append(stage);
  const rules = new CSSStyleSheet();
  try {
    const sizes: string[] = [];
    for await (const svg of sheetsOf(api, choice)) {
      if (signal.aborted) return false;
      sizes.push(addSheet(stage, svg, sizes.length, choice.paper));
      onSheet(sizes.length);
      // The button that stops it has to work meanwhile.
      await new Promise((resolve) => setTimeout(resolve));
    }
    await document.fonts.ready;
    if (signal.aborted) return false;
    rules.replaceSync(sizes.join("\n"));
    document.adoptedStyleSheets.push(rules);
    await printed(signal);
    return true;
  } finally {
    stage.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== rules);
  }
}

async function* sheetsOf(
  api: ExcalidrawImperativeAPI,
  { what, hasBackground }: PrintChoice,
): AsyncGenerator<SVGSVGElement> {
  const all = api.getSceneElements();
  const appState = {
    ...api.getAppState(),
    exportBackground: hasBackground,
    exportWithDarkMode: false,
  };
  const draw = (elements: Elements, exportingFrame: ExcalidrawFrameElement | null) =>
    exportToSvg({
      elements,
      appState,
      files: api.getFiles(),
      exportPadding: PADDING,
      exportingFrame,
      // The page has them.
      skipInliningFonts: true,
    });
  if (what !== "frames") {
    yield draw(what === "board" ? all : selectionOf(api), null);
    return;
  }
  const frames = new Map(all.map((one) => [one.id, one]));
  for (const { id } of framesOf(api).slice(0, MAX_SHEETS)) {
    const frame = frames.get(id);
    if (frame?.type === "frame") yield draw(all, frame);
  }
}

/** Returns the rule that gives the sheet its size. */
function addSheet(stage: HTMLElement, svg: SVGSVGElement, at: number, paper: Paper): string {
  const [, , width = 1, height = 1] = (svg.getAttribute("viewBox") ?? "").split(" ").map(Number);
  const sheet = document.createElement("div");
  sheet.className = "print-sheet";
  sheet.style.setProperty("page", `sheet-${at}`);
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  sheet.append(svg);
  stage.append(sheet);
  if (paper !== "drawing") {
    const direction = width > height ? "landscape" : "portrait";
    return `@page sheet-${at} { size: ${paper} ${direction}; margin: ${MARGIN}; }`;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const size = [width, height].map((side) => `${Math.ceil(side * scale)}px`).join(" ");
  return `@page sheet-${at} { size: ${size}; margin: 0; }`;
}

/** Opens the browser's dialog; resolves when it is closed, or ours is: not every browser tells. */
function printed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    window.addEventListener("afterprint", () => resolve(), { once: true });
    signal.addEventListener("abort", () => resolve(), { once: true });
    window.print();
  });
}
