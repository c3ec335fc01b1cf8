/** Notes in the editor's scene: which there are, and how they get in. */
import { CaptureUpdateAction } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { newVersion } from "../canvas/merge";
import { isNote } from "../canvas/note";

type Element = OrderedExcalidrawElement;
export type NoteElement = Extract<Element, { type: "rectangle" }>;
export type TextElement = Extract<Element, { type: "text" }>;

/** What is undone together ends with an update of the second kind. */
export const { EVENTUALLY, IMMEDIATELY } = CaptureUpdateAction;
type Capture = typeof EVENTUALLY | typeof IMMEDIATELY;

export function notesIn(elements: readonly Element[]): NoteElement[] {
  return elements.filter((one): one is NoteElement => isNote(one));
}

/** The note whose text is being written, with the text. */
export function noteBeingWritten(
  api: ExcalidrawImperativeAPI,
): { readonly note: NoteElement; readonly text: TextElement } | null {
  const editing = api.getAppState().editingTextElement;
  if (!editing) return null;
  const elements = api.getSceneElements();
  const text = elements.find((one): one is TextElement => one.id === editing.id);
  const note = notesIn(elements).find(({ id }) => id === text?.containerId);
  return note && text ? { note, text } : null;
}

/** The selected notes, if nothing else is selected. */
export function selectedNotes(api: ExcalidrawImperativeAPI): NoteElement[] {
  const { selectedElementIds } = api.getAppState();
  const count = Object.values(selectedElementIds).filter(Boolean).length;
  if (count === 0) return [];
  const elements = api.getSceneElements();
  const notes = notesIn(elements).filter(({ id }) => selectedElementIds[id]);
  const texts = elements.filter((one) => one.type === "text" && one.containerId !== null);
  const ids = new Set(notes.map(({ id }) => id));
  const labels = texts.filter(
    (one) => selectedElementIds[one.id] && ids.has((one as TextElement).containerId ?? ""),
  );
  return notes.length > 0 && notes.length + labels.length === count ? notes : [];
}

/** Puts elements on top of the others, in place of `replaced`, and selects those of `selected`. */
export function addElements(
  api: ExcalidrawImperativeAPI,
  added: readonly Element[],
  selected: readonly string[],
  captureUpdate: Capture,
  replaced: ReadonlySet<string> = new Set(),
): void {
  const deleted = (one: Element) =>
    replaced.has(one.id) ? { ...one, isDeleted: true, ...newVersion(one) } : one;
  api.updateScene({
    elements: [...api.getSceneElementsIncludingDeleted().map(deleted), ...added],
    appState: {
      selectedElementIds: Object.fromEntries(selected.map((id) => [id, true as const])),
      selectedGroupIds: {},
    },
    captureUpdate,
  });
}

/** Replaces elements by what `change` makes of them. */
export function changeElements(
  api: ExcalidrawImperativeAPI,
  change: (element: Element) => Element,
  captureUpdate: Capture,
): void {
  api.updateScene({
    elements: api.getSceneElementsIncludingDeleted().map(change),
    captureUpdate,
  });
}
