/** Lines of text that are pasted while the tool for notes is on: each becomes a note. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { isNote } from "../canvas/note";
import { t } from "../i18n";
import { isForCanvas } from "../keys/layers";
import { middleOfView } from "../page/where";
import { gridOf, linesOf, MAX_CHARACTERS, MAX_NOTES } from "./grid";
import { measured } from "./measure";
import { addElements, IMMEDIATELY } from "./scene";
import { isToolOn, turnTool } from "./tool";

const TOAST_MS = 8000;

/** Listens before the editor does; returns how to stop that. */
export function watchPaste(api: ExcalidrawImperativeAPI, colour: () => string): () => void {
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!isToolOn(api) || !isForCanvas(event) || text.trim() === "" || isDrawing(text)) return;
    event.preventDefault();
    event.stopPropagation();
    turnTool(api, false);
    pasteNotes(api, text, colour());
  };
  document.addEventListener("paste", onPaste, { capture: true });
  return () => document.removeEventListener("paste", onPaste, { capture: true });
}

/** Elements that were copied, which the editor pastes. */
export function isDrawing(text: string): boolean {
  return text.trimStart().startsWith("{") && text.includes('"excalidraw/clipboard"');
}

/** Makes a note of each line, in the middle of the view, in place of `replaced`, in one step of undo. */
export function pasteNotes(
  api: ExcalidrawImperativeAPI,
  text: string,
  colour: string,
  replaced: ReadonlySet<string> = new Set(),
): void {
  if (text.length > MAX_CHARACTERS) {
    refuse(api, t("Nothing was added: this is more than {n} characters.", { n: MAX_CHARACTERS }));
    return;
  }
  const lines = linesOf(text);
  if (lines.length > MAX_NOTES) {
    refuse(api, t("Nothing was added: these are more than {n} lines.", { n: MAX_NOTES }));
    return;
  }
  const notes = measured(gridOf(lines, colour));
  const boxes = notes.filter((one) => isNote(one));
  const width = Math.max(...boxes.map((one) => one.x + one.width));
  const height = Math.max(...boxes.map((one) => one.y + one.height));
  const middle = middleOfView(api);
  const dx = middle.x - width / 2;
  const dy = middle.y - height / 2;
  const placed = notes.map((one) => ({ ...one, x: one.x + dx, y: one.y + dy }));
  const ids = boxes.map(({ id }) => id);
  addElements(api, placed, ids, IMMEDIATELY, replaced);
}

function refuse(api: ExcalidrawImperativeAPI, message: string): void {
  api.setToast({ message, closable: true, duration: TOAST_MS });
}
