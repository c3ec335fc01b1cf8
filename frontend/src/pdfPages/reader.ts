/**
 * Opens a PDF and draws its pages. A worker of this site reads the file and ends with it; the page
 * draws, in steps. PDF.js evaluates no code, and asks for fonts and codecs at this site alone.
 */
import {
  getDocument,
  type PDFDocumentProxy,
  PDFWorker,
  version,
} from "pdfjs-dist/legacy/build/pdf.mjs";
import { Refused } from "../files/refused";
import { t } from "../i18n";
import { PATIENCE_SECONDS, type Size } from "./limits";

/** Of one picture in a page; of larger ones nothing is shown. */
const MAX_IMAGE_PIXELS = 50_000_000;
const ERRORS_ALONE = 0;

export interface Drawn {
  readonly canvas: HTMLCanvasElement;
  /** In points, which are 1/72 inch. */
  readonly size: Size;
}

/** A PDF that is open, until `close`. */
export class PdfReader {
  readonly count: number;
  private readonly document: PDFDocumentProxy;
  private readonly worker: Worker;

  private constructor(document: PDFDocumentProxy, worker: Worker) {
    this.document = document;
    this.worker = worker;
    this.count = document.numPages;
  }

  /** Throws `Refused` with the reason in words, and what the signal says when it was given up. */
  static async open(file: File, signal: AbortSignal): Promise<PdfReader> {
    const data = new Uint8Array(await file.arrayBuffer());
    signal.throwIfAborted();
    const port = new Worker(new URL("./readerWorker.ts", import.meta.url), { type: "module" });
    const isMissing = new Promise<never>((_, reject) => {
      port.onerror = () => reject(new Refused(missingPart()));
    });
    try {
      const worker = PDFWorker.create({ port, verbosity: ERRORS_ALONE });
      const loading = getDocument({ data, worker, ...settings() });
      const document = await unlessAborted(Promise.race([loading.promise, isMissing]), signal);
      return new PdfReader(document, port);
    } catch (error) {
      port.terminate();
      signal.throwIfAborted();
      throw error instanceof Refused ? error : new Refused(problemOf(error, file.name));
    }
  }

  /** Draws a page with as many pixels for each point as `scaleOf` says of its size. */
  async draw(number: number, scaleOf: (size: Size) => number, signal: AbortSignal): Promise<Drawn> {
    const page = await unlessAborted(this.document.getPage(number), signal);
    const { width, height } = page.getViewport({ scale: 1 });
    const size = { width, height };
    const viewport = page.getViewport({ scale: scaleOf(size) });
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(viewport.width));
    canvas.height = Math.max(1, Math.round(viewport.height));
    const task = page.render({ canvas, viewport, background: "#ffffff" });
    const patience = new Patience(number);
    try {
      await unlessAborted(Promise.race([task.promise, patience.isOver]), signal);
    } finally {
      patience.end();
      task.cancel();
      page.cleanup();
    }
    return { canvas, size };
  }

  /** Ends the worker, whatever it is doing. */
  close(): void {
    void this.document.loadingTask.destroy().catch(() => {});
    this.worker.terminate();
  }
}

/** What PDF.js needs of this site: characters and fonts that files leave out, and codecs. */
function settings() {
  const chunk = import.meta.url;
  const files = new URL(`../pdf-${version}/`, chunk).href;
  return {
    cMapUrl: `${files}cmaps/`,
    standardFontDataUrl: `${files}standard_fonts/`,
    wasmUrl: `${files}wasm/`,
    iccUrl: `${files}iccs/`,
    maxImageSize: MAX_IMAGE_PIXELS,
    enableXfa: false,
    verbosity: ERRORS_ALONE,
  };
}

function problemOf(error: unknown, file: string): string {
  const { name } = error as { name?: unknown };
  return name === "PasswordException"
    ? t("“{file}” is protected by a password and was not added.", { file })
    : t("“{file}” can’t be read as a PDF and was not added.", { file });
}

function missingPart(): string {
  return t("A part of this page could not be loaded. Check your connection and reload the page.");
}

/** Throws what the signal says as soon as it is given; what ends later is nobody's business. */
function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Counts the seconds that a page takes while it is in view: browsers draw nothing behind. */
class Patience {
  readonly isOver: Promise<never>;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(page: number) {
    let left = PATIENCE_SECONDS;
    const { promise, reject } = withReject();
    this.isOver = promise;
    this.timer = setInterval(() => {
      if (!document.hidden) left -= 1;
      if (left > 0) return;
      reject(new Refused(t("Page {n} takes too long to draw; nothing was added.", { n: page })));
    }, 1000);
  }

  end(): void {
    clearInterval(this.timer);
  }
}

function withReject(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
}
