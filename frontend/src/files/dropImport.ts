/**
 * Files that are dropped on the board, one after the other. Excalidraw's own answer takes the first
 * alone, and replaces the whole board by a drawing, for everybody; here its elements are added
 * instead. Pictures can hold a drawing too.
 */
import {
  CaptureUpdateAction,
  getCommonBounds,
  loadFromBlob,
  viewportCoordsToSceneCoords,
} from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { BinaryFileData, ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { copyWithNewIds } from "../canvas/copy";
import type { SceneElement } from "../canvas/groups";
import { t, tn } from "../i18n";
import { newElementId } from "../page/ids";
import { isImage, isPassedOn, MAY_HOLD_DRAWING, passOn } from "./dropImage";

/** More than a board can hold; what was exported can always be added again. */
const MAX_ELEMENTS = 200_000;
const MAX_MEGABYTES = 100;
const MEGABYTE = 1024 * 1024;
const TOAST_MS = 8000;
/** Between drawings, in the units of the canvas, and between pictures, in pixels. */
const GAP = 40;

/** Where the next file goes. */
interface Place {
  readonly event: DragEvent;
  /** Pictures lie on each other like cards. */
  pictures: number;
  /** Drawings stand side by side: the right edge of the last one. */
  right: number | null;
}

/** Why a file was not added. */
class Refused extends Error {}

/** Listens before the editor does; returns how to stop that. */
export function addDropImport(container: HTMLElement, api: ExcalidrawImperativeAPI): () => void {
  const onDrop = (event: DragEvent) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0 || isPassedOn(event)) return;
    event.preventDefault();
    event.stopPropagation();
    void importFiles(files, event, api);
  };
  container.addEventListener("drop", onDrop, { capture: true });
  return () => container.removeEventListener("drop", onDrop, { capture: true });
}

async function importFiles(
  files: readonly File[],
  event: DragEvent,
  api: ExcalidrawImperativeAPI,
): Promise<void> {
  const place: Place = { event, pictures: 0, right: null };
  const problems: string[] = [];
  const total = files.length;
  for (const [done, file] of files.entries()) {
    if (total > 1) say(api, t("Adding file {n} of {total}…", { n: done + 1, total }));
    try {
      await importFile(file, place, api);
    } catch (error) {
      problems.push(error instanceof Refused ? error.message : noDrawing(file));
    }
  }
  const added = total - problems.length;
  const report = total > 1 ? [tn(added, "1 file was added.", "{n} files were added.")] : [];
  if (total > 1 || problems.length > 0) say(api, [...report, ...problems].join(" "));
}

async function importFile(file: File, place: Place, api: ExcalidrawImperativeAPI): Promise<void> {
  const { name } = file;
  if (file.size > MAX_MEGABYTES * MEGABYTE) {
    const values = { file: name, n: MAX_MEGABYTES };
    throw new Refused(t("“{file}” is larger than {n} MB and was not added.", values));
  }
  if (name.toLowerCase().endsWith(".excalidrawlib")) {
    throw new Refused(
      t("“{file}” is a library. Libraries can't be kept here yet; it was not added.", {
        file: name,
      }),
    );
  }
  if (!isImage(file)) insert(await read(file), place, api);
  else if (MAY_HOLD_DRAWING.has(file.type)) await importPicture(file, place, api);
  else await addPicture(file, place, api);
}

/** A picture that was exported with its drawing in it, or an ordinary one. */
async function importPicture(file: File, place: Place, api: ExcalidrawImperativeAPI) {
  let drawing: Drawing;
  try {
    drawing = await read(file);
  } catch (error) {
    if (error instanceof Refused) throw error;
    await addPicture(file, place, api);
    return;
  }
  insert(drawing, place, api);
}

async function addPicture(file: File, place: Place, api: ExcalidrawImperativeAPI): Promise<void> {
  const shift = GAP * place.pictures;
  place.pictures += 1;
  if (await passOn(file, place.event, shift, api)) return;
  throw new Refused(t("“{file}” could not be added.", { file: file.name }));
}

type Drawing = Awaited<ReturnType<typeof loadFromBlob>>;

async function read(file: File): Promise<Drawing> {
  const drawing = await loadFromBlob(file, null, null);
  if (drawing.elements.length <= MAX_ELEMENTS) return drawing;
  throw new Refused(
    t("This drawing has more than {n} elements and was not added.", { n: MAX_ELEMENTS }),
  );
}

function insert({ elements, files }: Drawing, place: Place, api: ExcalidrawImperativeAPI): void {
  api.addFiles(Object.values((files ?? {}) as Record<string, BinaryFileData>));
  if (elements.length === 0) return;
  const { clientX, clientY } = place.event;
  const at = viewportCoordsToSceneCoords({ clientX, clientY }, api.getAppState());
  const [left, top, right, bottom] = getCommonBounds(elements);
  const dx = place.right === null ? at.x - (left + right) / 2 : place.right + GAP - left;
  const dy = at.y - (top + bottom) / 2;
  place.right = right + dx;
  const copies = copyWithNewIds(
    elements as unknown as readonly SceneElement[],
    newElementId,
    dx,
    dy,
  ) as unknown as OrderedExcalidrawElement[];
  api.updateScene({
    elements: [...api.getSceneElementsIncludingDeleted(), ...copies],
    appState: { selectedElementIds: Object.fromEntries(copies.map(({ id }) => [id, true])) },
    captureUpdate: CaptureUpdateAction.IMMEDIATELY,
  });
}

function noDrawing({ name }: File): string {
  return t("“{file}” contains no drawing and was not added.", { file: name });
}

function say(api: ExcalidrawImperativeAPI, message: string): void {
  api.setToast({ message, closable: true, duration: TOAST_MS });
}
