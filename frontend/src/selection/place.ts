/** Keeps a bar of tools at what is selected. */
import { getCommonBounds } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { type RefObject, useEffect } from "react";
import { TOOL_MARGINS } from "../page/firstView";

/** Between the bar and the edges of the canvas, in pixels. */
const EDGE = 14;

interface Subject {
  readonly elements: () => readonly OrderedExcalidrawElement[];
  /** Between them and the bar, in pixels. */
  readonly space: number;
}

/** Keeps the bar above them, or below when there is no room, and beside the editor's own panel. */
export function usePlace(
  bar: RefObject<HTMLElement | null>,
  api: ExcalidrawImperativeAPI,
  editor: HTMLElement,
  /** `null` leaves it where the style sheet puts it. It must be the same object as long as it means the same. */
  subject: Subject | null,
): void {
  useEffect(() => {
    const move = () => {
      if (!bar.current) return;
      const elements = subject?.elements() ?? [];
      if (!subject || elements.length === 0) {
        bar.current.style.translate = "";
        return;
      }
      const panel = editor.querySelector(".App-menu__left") ?? editor;
      const { left, right } = panel.getBoundingClientRect();
      const free = panel === editor ? left : right;
      bar.current.style.translate = placeAt(api, bar.current, elements, subject.space, free);
    };
    move();
    const stops = [api.onChange(move), api.onScrollChange(move)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [bar, api, editor, subject]);
}

function placeAt(
  api: ExcalidrawImperativeAPI,
  bar: HTMLElement,
  elements: readonly OrderedExcalidrawElement[],
  space: number,
  freeLeft: number,
): string {
  const { zoom, scrollX, scrollY, width, height, offsetLeft } = api.getAppState();
  const [left, top, right, bottom] = getCommonBounds(elements);
  const x = ((left + right) / 2 + scrollX) * zoom.value - bar.offsetWidth / 2;
  const above = (top + scrollY) * zoom.value - space - bar.offsetHeight;
  const below = (bottom + scrollY) * zoom.value + EDGE;
  const lowest = height - TOOL_MARGINS.bottom - bar.offsetHeight;
  const y = above < TOOL_MARGINS.top && below < lowest ? below : above;
  const farLeft = freeLeft - offsetLeft + EDGE;
  const farRight = width - bar.offsetWidth - EDGE;
  return `${between(x, farLeft, farRight)}px ${between(y, TOOL_MARGINS.top, lowest)}px`;
}

function between(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
