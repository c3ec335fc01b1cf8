/**
 * The ways into the editor, closed to people without edit access. Most of them the editor closes in
 * view mode, but a dropped file replaces its scene all the same; and it never says why nothing
 * happens. What gets into the scene in spite of this, the binding takes back.
 */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { t } from "../i18n";
import { isField, isForCanvas } from "../keys/layers";
import { BOARD_KEYS, CHANGING_KEYS, DRAWING_KEYS } from "../keys/shortcuts";

const TOAST_MS = 5000;
const OWN_KEYS: ReadonlySet<string> = new Set(Object.values(BOARD_KEYS));

/** Says that somebody may not change the board. */
export function sayRefused(api: ExcalidrawImperativeAPI): void {
  const message = t("Nothing was changed: you don't have edit access to this board.");
  api.setToast({ message, closable: true, duration: TOAST_MS });
}

/** Listens before the editor and everything else on the page; returns how to stop that. */
export function guardLevel(
  canvas: HTMLElement,
  api: ExcalidrawImperativeAPI,
  canEdit: () => boolean,
): () => void {
  const refuse = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
    sayRefused(api);
  };
  // Nobody drops anything beside the canvas: the browser would leave the board for the file.
  const onDrag = (event: DragEvent) => {
    if (!isForText(event) && !(isIn(canvas, event) && canEdit())) event.preventDefault();
  };
  const onDrop = (event: DragEvent) => {
    if (isForText(event)) return;
    if (!isIn(canvas, event)) event.preventDefault();
    else if (!canEdit()) refuse(event);
  };
  const onClipboard = (event: ClipboardEvent) => {
    if (!canEdit() && isForCanvas(event)) refuse(event);
  };
  // Said only: in view mode the editor does nothing with them.
  const onKey = (event: KeyboardEvent) => {
    if (!canEdit() && !event.altKey && isForCanvas(event) && isChange(event)) sayRefused(api);
  };
  const onDoubleClick = (event: MouseEvent) => {
    if (!canEdit() && event.target instanceof HTMLCanvasElement) sayRefused(api);
  };
  const controller = new AbortController();
  const options = { capture: true, signal: controller.signal };
  window.addEventListener("dragover", onDrag, options);
  window.addEventListener("drop", onDrop, options);
  window.addEventListener("paste", onClipboard, options);
  window.addEventListener("cut", onClipboard, options);
  window.addEventListener("keydown", onKey, options);
  canvas.addEventListener("dblclick", onDoubleClick, options);
  return () => controller.abort();
}

function isChange({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  if (shiftKey && OWN_KEYS.has(`Shift+${key.toLowerCase()}`)) return false;
  return (ctrlKey || metaKey ? CHANGING_KEYS : DRAWING_KEYS).has(key.toLowerCase());
}

function isIn(canvas: HTMLElement, { target }: Event): boolean {
  return target instanceof Node && canvas.contains(target);
}

/** Text that is dragged into a field, as everywhere. */
function isForText(event: DragEvent): boolean {
  return isField(event.target) && !event.dataTransfer?.types.includes("Files");
}
