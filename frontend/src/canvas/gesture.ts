/** What is under the user's fingers: the groups that no remote value may replace right now. */

/** The part of the editor's state that tells which gesture is going on. */
export interface EditorState {
  readonly isLoading: boolean;
  readonly viewBackgroundColor: string;
  readonly newElement: { readonly id: string; readonly type: string } | null;
  readonly multiElement: { readonly id: string } | null;
  readonly editingLinearElement: { readonly elementId: string } | null;
  readonly editingTextElement: { readonly id: string } | null;
  readonly selectedElementIds: Readonly<Record<string, boolean>>;
  readonly selectedElementsAreBeingDragged: boolean;
  readonly isResizing: boolean;
  readonly isRotating: boolean;
  readonly cursorButton: "up" | "down";
  readonly croppingElementId: string | null;
}

const GEOMETRY: ReadonlySet<string> = new Set(["pos", "size", "angle", "path", "text", "crop"]);

/** Elements that the editor holds by reference while they are drawn: they must not be replaced. */
export function isInCreation(editor: EditorState, id: string): boolean {
  return editor.newElement?.id === id || editor.multiElement?.id === id;
}

/**
 * Whether a remote value of this group has to wait. Everything else may be replaced in the middle
 * of a gesture: dragging and resizing look their elements up by id at every move.
 */
export function isHeld(editor: EditorState, id: string, group: string): boolean {
  if (isInCreation(editor, id) || editor.editingLinearElement?.elementId === id) return true;
  if (editor.editingTextElement?.id === id && group === "text") return true;
  if (editor.croppingElementId === id && GEOMETRY.has(group)) return true;
  return isGesture(editor) && editor.selectedElementIds[id] === true && GEOMETRY.has(group);
}

/** Whether the pointer is in the middle of changing something. */
function isGesture(editor: EditorState): boolean {
  return (
    editor.newElement !== null ||
    editor.selectedElementsAreBeingDragged ||
    editor.isResizing ||
    editor.isRotating ||
    editor.cursorButton === "down"
  );
}

/** A gesture, or typing: changes come many times a second and are sent in batches. */
export function isBusy(editor: EditorState): boolean {
  return isGesture(editor) || editor.multiElement !== null || editor.editingTextElement !== null;
}
