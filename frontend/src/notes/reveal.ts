/** Moves the canvas as far as it has to, until something is in view. */
import { CaptureUpdateAction } from "@excalidraw/excalidraw";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { TOOL_MARGINS } from "../page/firstView";
import type { Box } from "./note";

const { NEVER } = CaptureUpdateAction;

export function reveal(api: ExcalidrawImperativeAPI, box: Box): void {
  const { width, height, scrollX, scrollY, zoom } = api.getAppState();
  const { left, right, top, bottom } = TOOL_MARGINS;
  const zoomed = zoom.value;
  const x = shift((box.x + scrollX) * zoomed, box.width * zoomed, left, width - right);
  const y = shift((box.y + scrollY) * zoomed, box.height * zoomed, top, height - bottom);
  if (x === 0 && y === 0) return;
  api.updateScene({
    appState: { scrollX: scrollX + x / zoomed, scrollY: scrollY + y / zoomed },
    captureUpdate: NEVER,
  });
}

/** How far to move what begins at `start`; the beginning counts when it is too large. */
function shift(start: number, length: number, least: number, most: number): number {
  if (start < least) return least - start;
  const over = start + length - most;
  return over > 0 ? -Math.min(over, start - least) : 0;
}
