/** While a vote is open a click on one of its objects gives it a dot, and does not select it. */
import { viewportCoordsToSceneCoords } from "@excalidraw/excalidraw";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";

/** A pointer that moved further was dragging. */
const STILL_PX = 6;
const TOOLS: ReadonlySet<string> = new Set(["selection", "hand", "lasso"]);

interface Press {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** Calls `onVote` with the object; returns how to stop that. */
export function watchVotes(
  api: ExcalidrawImperativeAPI,
  editor: HTMLElement,
  objects: ReadonlySet<string>,
  onVote: (id: string) => void,
): () => void {
  let press: Press | null = null;
  const objectAt = ({ target, clientX, clientY }: MouseEvent): string | null => {
    const { activeTool, viewModeEnabled, editingTextElement } = api.getAppState();
    const isPointing = viewModeEnabled || TOOLS.has(activeTool.type);
    if (!(target instanceof HTMLCanvasElement) || !isPointing || editingTextElement) return null;
    const { x, y } = viewportCoordsToSceneCoords({ clientX, clientY }, api.getAppState());
    const found = api
      .getSceneElements()
      .findLast(
        (one) =>
          objects.has(one.id) &&
          x >= one.x &&
          x <= one.x + one.width &&
          y >= one.y &&
          y <= one.y + one.height,
      );
    return found?.id ?? null;
  };
  const onDown = (event: PointerEvent) => {
    const id = event.isPrimary && event.button === 0 ? objectAt(event) : null;
    press = id === null ? null : { id, x: event.clientX, y: event.clientY };
    // Fingers move the canvas also from here; a mouse would select and drag the object.
    if (press && event.pointerType === "mouse") event.stopPropagation();
  };
  const onUp = (event: PointerEvent) => {
    const began = press;
    press = null;
    if (!began || !event.isPrimary) return;
    if (Math.hypot(event.clientX - began.x, event.clientY - began.y) > STILL_PX) return;
    onVote(began.id);
    // What a finger has selected.
    setTimeout(() => api.updateScene({ appState: { selectedElementIds: {} } }));
  };
  const onDouble = (event: MouseEvent) => {
    if (objectAt(event) !== null) event.stopPropagation();
  };
  const controller = new AbortController();
  const options = { capture: true, signal: controller.signal };
  editor.addEventListener("pointerdown", onDown, options);
  window.addEventListener("pointerup", onUp, options);
  editor.addEventListener("dblclick", onDouble, options);
  return () => controller.abort();
}
