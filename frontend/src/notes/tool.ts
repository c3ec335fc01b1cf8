/** The tool for notes: it is on until the next click, which says where the note goes. */
import { viewportCoordsToSceneCoords } from "@excalidraw/excalidraw";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { isForCanvas } from "../keys/layers";
import { CANVAS_KEYS } from "../keys/shortcuts";
import { middleOfView } from "../page/where";
import { SIZE } from "./note";

const TOOL = "note";

export function isToolOn(api: ExcalidrawImperativeAPI): boolean {
  const { activeTool } = api.getAppState();
  return activeTool.type === "custom" && activeTool.customType === TOOL;
}

export function turnTool(api: ExcalidrawImperativeAPI, isOn: boolean): void {
  if (isOn) api.setActiveTool({ type: "custom", customType: TOOL });
  else if (isToolOn(api)) api.setActiveTool({ type: "selection" });
}

/**
 * Calls `place` with the middle of each new note; returns how to stop that. The editor's own tools
 * make a step of undo of each click; this waits until it has done so.
 */
export function watchTool(
  api: ExcalidrawImperativeAPI,
  editor: HTMLElement,
  place: (x: number, y: number) => void,
): () => void {
  let isMeant = false;
  const isCanvas = (target: EventTarget | null) => target instanceof HTMLCanvasElement;
  const onDown = ({ target, button, isPrimary }: PointerEvent) => {
    isMeant = isPrimary && button === 0 && isCanvas(target) && isToolOn(api);
  };
  const onClick = ({ target, clientX, clientY }: MouseEvent) => {
    if (!isMeant || !isCanvas(target)) return;
    isMeant = false;
    turnTool(api, false);
    const { x, y } = viewportCoordsToSceneCoords({ clientX, clientY }, api.getAppState());
    place(x, y);
  };
  // Without a mouse, as the editor's tools draw (`outline/useCanvasKeys.ts`).
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== CANVAS_KEYS.draw || event.repeat || !event.isTrusted) return;
    if (!isToolOn(api) || !isForCanvas(event)) return;
    event.preventDefault();
    event.stopPropagation();
    turnTool(api, false);
    const { x, y } = middleOfView(api);
    place(x, y);
  };
  const controller = new AbortController();
  const options = { capture: true, signal: controller.signal };
  window.addEventListener("keydown", onKey, options);
  editor.addEventListener("pointerdown", onDown, options);
  editor.addEventListener("click", onClick, options);
  return () => controller.abort();
}

/** The box of a new note around a place. */
export function boxAround(x: number, y: number) {
  return { x: x - SIZE / 2, y: y - SIZE / 2, width: SIZE, height: SIZE };
}
