/** Dragging an item out of the panel, onto the board or to another place in its library. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { type Drawn, insertItem } from "./insert";

const TYPE = "application/x-canvas-library-item";

export interface Dragged {
  readonly library: string;
  readonly id: string;
  readonly drawn: Drawn;
}

/** What is dragged: a browser does not tell it before it is dropped. */
let dragged: Dragged | null = null;

export function beginDrag(event: DragEvent, item: Dragged): void {
  dragged = item;
  event.dataTransfer?.setData(TYPE, item.id);
  if (event.dataTransfer) event.dataTransfer.effectAllowed = "copyMove";
}

export function endDrag(): void {
  dragged = null;
}

/** What is being dragged over the panel; `null` when that is no item. */
export function draggedItem(): Dragged | null {
  return dragged;
}

/**
 * Lets items be dropped on the board; returns how to stop that. Who may not edit is refused before:
 * see `files/guard.ts`.
 */
export function takeDrops(
  canvas: HTMLElement,
  api: ExcalidrawImperativeAPI,
  mayEdit: () => boolean,
  onProblem: (error: unknown) => void,
): () => void {
  const isItem = (event: DragEvent) => event.dataTransfer?.types.includes(TYPE) && mayEdit();
  const onOver = (event: DragEvent) => {
    if (!isItem(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onDrop = (event: DragEvent) => {
    if (!isItem(event) || !dragged) return;
    event.preventDefault();
    event.stopPropagation();
    try {
      insertItem(api, dragged.drawn, event);
    } catch (error) {
      onProblem(error);
    }
  };
  canvas.addEventListener("dragover", onOver, { capture: true });
  canvas.addEventListener("drop", onDrop, { capture: true });
  return () => {
    canvas.removeEventListener("dragover", onOver, { capture: true });
    canvas.removeEventListener("drop", onDrop, { capture: true });
  };
}
