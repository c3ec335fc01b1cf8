/** Places on the canvas: the middle of what is seen, and the frame around something. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The middle of what is in view, in the units of the canvas. */
export function middleOfView(api: ExcalidrawImperativeAPI): { x: number; y: number } {
  const { scrollX, scrollY, width, height, zoom } = api.getAppState();
  return { x: width / 2 / zoom.value - scrollX, y: height / 2 / zoom.value - scrollY };
}

/** The frame on top in which the middle of a box lies. */
export function frameAt(api: ExcalidrawImperativeAPI, box: Box): string | null {
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  const frame = api
    .getSceneElements()
    .findLast(
      (one) =>
        one.type === "frame" &&
        x >= one.x &&
        x <= one.x + one.width &&
        y >= one.y &&
        y <= one.y + one.height,
    );
  return frame?.id ?? null;
}
