/** Two fingers zoom and move: what the first of them had begun to draw is given up. */
import { CaptureUpdateAction } from "@excalidraw/excalidraw";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";

/**
 * Listens before the editor does, which gives up strokes of the pen alone; returns how to stop that.
 * A line of several clicks that was begun before stays.
 */
export function giveUpAtPinch(canvas: HTMLElement, api: ExcalidrawImperativeAPI): () => void {
  const touching = new Set<number>();
  const onDown = ({ pointerType, pointerId }: PointerEvent) => {
    if (pointerType !== "touch") return;
    touching.add(pointerId);
    const { newElement, multiElement } = api.getAppState();
    if (touching.size < 2 || !newElement || multiElement || newElement.type === "freedraw") return;
    api.updateScene({
      elements: api.getSceneElementsIncludingDeleted().filter(({ id }) => id !== newElement.id),
      appState: { newElement: null, startBoundElement: null, suggestedBindings: [] },
      captureUpdate: CaptureUpdateAction.NEVER,
    });
  };
  const onEnd = ({ pointerId }: PointerEvent) => void touching.delete(pointerId);
  const controller = new AbortController();
  const options = { capture: true, signal: controller.signal };
  canvas.addEventListener("pointerdown", onDown, options);
  window.addEventListener("pointerup", onEnd, options);
  window.addEventListener("pointercancel", onEnd, options);
  return () => controller.abort();
}
