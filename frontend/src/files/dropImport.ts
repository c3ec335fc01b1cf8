/**
 * Files that are dropped on the board. Excalidraw's own answer to a drawing is to replace the whole
 * board by it, for everybody; here its elements are added instead. Pictures can hold a drawing too.
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
import { t } from "../i18n";
import { newElementId } from "../page/ids";

const MAY_HOLD_DRAWING = new Set(["image/png", "image/svg+xml"]);
/** More than a board can hold; what was exported can always be added again. */
const MAX_ELEMENTS = 200_000;
const TOAST_MS = 8000;
/** Events that this module sends on to the editor after it found no drawing in them. */
const passedOn = new WeakSet<Event>();

/** Listens before the editor does; returns how to stop that. */
export function addDropImport(container: HTMLElement, api: ExcalidrawImperativeAPI): () => void {
  const onDrop = (event: DragEvent) => {
    const file = event.dataTransfer?.files[0];
    if (!file || passedOn.has(event) || !mayHoldDrawing(file)) return;
    event.preventDefault();
    event.stopPropagation();
    void importFile(file, event, api);
  };
  container.addEventListener("drop", onDrop, { capture: true });
  return () => container.removeEventListener("drop", onDrop, { capture: true });
}

function mayHoldDrawing(file: File): boolean {
  if (file.name.endsWith(".excalidrawlib")) return false;
  return MAY_HOLD_DRAWING.has(file.type) || !file.type.startsWith("image/");
}

async function importFile(file: File, event: DragEvent, api: ExcalidrawImperativeAPI) {
  const { target } = event;
  try {
    const drawing = await loadFromBlob(file, null, null);
    if (drawing.elements.length > MAX_ELEMENTS) {
      say(
        api,
        t("This drawing has more than {n} elements and was not added.", { n: MAX_ELEMENTS }),
      );
      return;
    }
    api.addFiles(Object.values((drawing.files ?? {}) as Record<string, BinaryFileData>));
    insert(drawing.elements, event, api);
  } catch {
    if (file.type.startsWith("image/")) passOn(file, event, target);
    else say(api, t("“{file}” contains no drawing and was not added.", { file: file.name }));
  }
}

function insert(
  elements: readonly OrderedExcalidrawElement[],
  { clientX, clientY }: DragEvent,
  api: ExcalidrawImperativeAPI,
): void {
  if (elements.length === 0) return;
  const at = viewportCoordsToSceneCoords({ clientX, clientY }, api.getAppState());
  const [left, top, right, bottom] = getCommonBounds(elements);
  const copies = copyWithNewIds(
    elements as unknown as readonly SceneElement[],
    newElementId,
    at.x - (left + right) / 2,
    at.y - (top + bottom) / 2,
  ) as unknown as OrderedExcalidrawElement[];
  api.updateScene({
    elements: [...api.getSceneElementsIncludingDeleted(), ...copies],
    appState: { selectedElementIds: Object.fromEntries(copies.map(({ id }) => [id, true])) },
    captureUpdate: CaptureUpdateAction.IMMEDIATELY,
  });
}

/** An ordinary picture: the editor gets the drop after all. */
function passOn(file: File, event: DragEvent, target: EventTarget | null): void {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(file);
  const { clientX, clientY } = event;
  const again = new DragEvent("drop", {
    bubbles: true,
    cancelable: true,
    clientX,
    clientY,
    dataTransfer,
  });
  passedOn.add(again);
  target?.dispatchEvent(again);
}

function say(api: ExcalidrawImperativeAPI, message: string): void {
  api.setToast({ message, closable: true, duration: TOAST_MS });
}
