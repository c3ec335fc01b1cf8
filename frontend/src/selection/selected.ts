/** What is selected, as far as a bar of tools for it is of use. */
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { AppState, ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";

/** With more, every movement would take time to find out where they all are. */
const MANY = 500;

/** The selected elements; none while they are being changed in another way, or are too many. */
export function selectedAtRest(api: ExcalidrawImperativeAPI): readonly OrderedExcalidrawElement[] {
  const state = api.getAppState();
  const ids = Object.keys(state.selectedElementIds).filter((id) => state.selectedElementIds[id]);
  if (ids.length === 0 || ids.length > MANY || isBusy(state)) return [];
  const wanted = new Set(ids);
  return api.getSceneElements().filter(({ id }) => wanted.has(id));
}

/** Whether something else is going on, or lies there already. */
function isBusy(state: AppState): boolean {
  return Boolean(
    state.viewModeEnabled ||
      state.activeTool.type !== "selection" ||
      state.selectedElementsAreBeingDragged ||
      state.isResizing ||
      state.isRotating ||
      state.selectionElement ||
      state.newElement ||
      state.multiElement ||
      state.editingTextElement ||
      state.editingLinearElement ||
      state.croppingElementId ||
      state.contextMenu ||
      state.showHyperlinkPopup,
  );
}
