/**
 * Files that are dropped or pasted on the board, one after the other. Excalidraw's own answer takes
 * the first alone, and replaces the whole board by a drawing, for everybody; here its elements are
 * added instead. Pictures can hold a drawing too.
 */
import {
  CaptureUpdateAction,
  getCommonBounds,
  viewportCoordsToSceneCoords,
} from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { copyWithNewIds } from "../canvas/copy";
import { t, tn } from "../i18n";
import { isForCanvas } from "../keys/layers";
import { Listeners } from "../listeners";
import { newElementId } from "../page/ids";
import type { Drawing } from "./drawing";
import { isImage, isPassedOn, MAY_HOLD_DRAWING, passOn, type Spot } from "./dropImage";
import { Refused } from "./refused";

const MAX_MEGABYTES = 100;
const MEGABYTE = 1024 * 1024;
const TOAST_MS = 8000;
/** Between drawings, in the units of the canvas, and between pictures, in pixels. */
const GAP = 40;

/** Where the next file goes. */
interface Place {
  readonly spot: Spot;
  /** Pictures lie on each other like cards. */
  pictures: number;
  /** Drawings stand side by side: the right edge of the last one. */
  right: number | null;
}

/** Which of several files is being added. */
interface Progress {
  readonly n: number;
  readonly total: number;
  readonly [word: string]: number;
}

/** Adds what is dropped on the board or pasted as files, one file after the other. */
export class DropImport {
  private readonly api: ExcalidrawImperativeAPI;
  private readonly container: HTMLElement;
  private readonly listeners = new Listeners();
  private pointer: Spot | null = null;
  private progress: Progress | null = null;
  private isStopped = false;
  private last: Promise<void> = Promise.resolve();
  readonly subscribe = this.listeners.add;

  /** Listens before the editor does. */
  constructor(container: HTMLElement, api: ExcalidrawImperativeAPI) {
    this.api = api;
    this.container = container;
    container.addEventListener("drop", this.onDrop, { capture: true });
    container.addEventListener("pointermove", this.onMove, { capture: true, passive: true });
    document.addEventListener("paste", this.onPaste, { capture: true });
  }

  /** `null` when nothing is being added, or a single file. */
  readonly snapshot = (): Progress | null => this.progress;

  /** Leaves out the files after the one that is being added. */
  readonly stop = (): void => {
    this.isStopped = true;
  };

  /** Asks for files, and adds them in the middle of the view. */
  choose(): void {
    const field = document.createElement("input");
    field.type = "file";
    field.multiple = true;
    field.addEventListener("change", () => {
      const { width, height, offsetLeft, offsetTop } = this.api.getAppState();
      const middle = { clientX: offsetLeft + width / 2, clientY: offsetTop + height / 2 };
      const target = this.container.querySelector("canvas.interactive");
      this.add([...(field.files ?? [])], { ...middle, target });
    });
    field.click();
  }

  private readonly onDrop = (event: DragEvent): void => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0 || isPassedOn(event)) return;
    this.take(files, event, event);
  };

  private readonly onMove = ({ clientX, clientY, target }: PointerEvent): void => {
    this.pointer = { clientX, clientY, target };
  };

  /** One picture is pasted by the editor itself. */
  private readonly onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    const isOwn = files.length > 1 || files.some((file) => !isImage(file));
    if (isOwn && this.pointer && isForCanvas(event)) this.take(files, this.pointer, event);
  };

  private take(files: readonly File[], spot: Spot, event: Event): void {
    event.preventDefault();
    event.stopPropagation();
    this.add(files, spot);
  }

  private add(files: readonly File[], spot: Spot): void {
    this.last = this.last.then(() => this.importAll(files, spot));
  }

  private async importAll(files: readonly File[], spot: Spot): Promise<void> {
    const place: Place = { spot, pictures: 0, right: null };
    const problems: string[] = [];
    const notes: string[] = [];
    const total = files.length;
    let done = 0;
    this.isStopped = false;
    for (const file of files) {
      if (this.isStopped) break;
      done += 1;
      if (total > 1) this.setProgress({ n: done, total });
      try {
        const { left, note } = await importFile(file, place, this.api);
        if (left) notes.push(leftOut(file, left));
        if (note) notes.push(note);
      } catch (error) {
        problems.push(error instanceof Refused ? error.message : noDrawing(file));
      }
    }
    this.setProgress(null);
    const report = total > 1 ? reportOf(done - problems.length, total - done) : [];
    const told = [...report, ...problems, ...notes];
    if (told.length > 0) say(this.api, told.join(" "));
  }

  private setProgress(progress: Progress | null): void {
    this.progress = progress;
    this.listeners.call();
  }
}

function reportOf(added: number, left: number): string[] {
  const report = [tn(added, "1 file was added.", "{n} files were added.")];
  if (left > 0) report.push(tn(left, "1 file was left out.", "{n} files were left out."));
  return report;
}

/** Returns what there is to say of the file. */
async function importFile(
  file: File,
  place: Place,
  api: ExcalidrawImperativeAPI,
): Promise<Partial<Drawing>> {
  if (file.size > MAX_MEGABYTES * MEGABYTE) {
    const values = { file: file.name, n: MAX_MEGABYTES };
    throw new Refused(t("“{file}” is larger than {n} MB and was not added.", values));
  }
  const drawing = await drawingOf(file);
  if (drawing) insert(drawing, file, place, api);
  else await addPicture(file, place, api);
  return drawing ?? {};
}

/** What is drawn in a file; `null` for an ordinary picture. */
async function drawingOf(file: File): Promise<Drawing | null> {
  if (/\.pdf$/i.test(file.name) || file.type === "application/pdf") {
    const { askForPages } = await import("../pdfPages/ask");
    return askForPages(file);
  }
  if (isImage(file) && !MAY_HOLD_DRAWING.has(file.type)) return null;
  const { parseDrawing } = await import("./drawing");
  if (!isImage(file)) return parseDrawing(await file.text(), file.name);
  const { drawingIn } = await import("./picture");
  const text = await drawingIn(file, MAX_MEGABYTES * MEGABYTE);
  return text === null ? null : parseDrawing(text);
}

async function addPicture(file: File, place: Place, api: ExcalidrawImperativeAPI): Promise<void> {
  const shift = GAP * place.pictures;
  place.pictures += 1;
  if (await passOn(file, place.spot, shift, api)) return;
  throw new Refused(t("“{file}” could not be added.", { file: file.name }));
}

function insert(
  { elements, files, left }: Drawing,
  file: File,
  place: Place,
  api: ExcalidrawImperativeAPI,
): void {
  if (elements.length === 0) {
    if (left > 0) throw new Refused(noDrawing(file));
    return;
  }
  api.addFiles(Object.values(files));
  const { clientX, clientY } = place.spot;
  const at = viewportCoordsToSceneCoords({ clientX, clientY }, api.getAppState());
  const [minX, minY, maxX, maxY] = getCommonBounds(
    elements as unknown as readonly OrderedExcalidrawElement[],
  );
  const dx = place.right === null ? at.x - (minX + maxX) / 2 : place.right + GAP - minX;
  const dy = at.y - (minY + maxY) / 2;
  place.right = maxX + dx;
  const copies = copyWithNewIds(
    elements,
    newElementId,
    dx,
    dy,
  ) as unknown as OrderedExcalidrawElement[];
  api.updateScene({
    elements: [...api.getSceneElementsIncludingDeleted(), ...copies],
    appState: {
      selectedElementIds: Object.fromEntries(
        copies.filter(({ locked }) => !locked).map(({ id }) => [id, true]),
      ),
    },
    captureUpdate: CaptureUpdateAction.IMMEDIATELY,
  });
}

function leftOut({ name: file }: File, left: number): string {
  return tn(
    left,
    "1 element of “{file}” could not be added.",
    "{n} elements of “{file}” could not be added.",
    { file },
  );
}

function noDrawing({ name }: File): string {
  return t("“{file}” contains no drawing and was not added.", { file: name });
}

function say(api: ExcalidrawImperativeAPI, message: string): void {
  api.setToast({ message, closable: true, duration: TOAST_MS });
}
