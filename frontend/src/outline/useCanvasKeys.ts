/** The keys that work the canvas without a mouse; they come before the editor's. */
import { useEffect } from "react";
import { isForCanvas } from "../keys/layers";
import { CANVAS_KEYS } from "../keys/shortcuts";
import type { Hands } from "./hands";

const GO: Readonly<Record<string, (typeof CANVAS_KEYS.go)[keyof typeof CANVAS_KEYS.go]>> =
  CANVAS_KEYS.go;
const TURN: Readonly<Record<string, 1 | -1>> = CANVAS_KEYS.turn;
/** Pressed on the way to another key. */
const MODIFIERS: ReadonlySet<string> = new Set(["Alt", "Shift", "Control", "Meta"]);
/** Somebody who holds a key moves further. */
const REST_MS = 600;

/** `refuse` says that somebody may not change the board. */
export function useCanvasKeys(hands: Hands, canEdit: boolean, refuse: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { sizes } = hands;
    let isMoving = false;
    const onKeyDown = (event: KeyboardEvent) => {
      const direction = GO[event.key];
      const isChord = event.altKey && event.shiftKey;
      const isResizing = isChord && direction !== undefined;
      const turn = isChord ? TURN[event.code] : undefined;
      if (!isResizing && !turn && !MODIFIERS.has(event.key)) sizes.settle();
      if (direction) isMoving = !event.altKey;
      // What the page itself presses is for the editor.
      if (!event.isTrusted || event.ctrlKey || event.metaKey) return;
      if ((event.shiftKey && !isResizing && !turn) || !isForCanvas(event)) return;
      if (turn) canEdit ? sizes.turn(turn) : refuse();
      else if (isResizing) canEdit ? sizes.step(direction) : refuse();
      else if (event.altKey && direction) hands.go(direction);
      else if (event.altKey || event.key !== CANVAS_KEYS.draw || event.repeat) return;
      else if (!canEdit || !hands.draw()) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (!canEdit || !isMoving || !GO[event.key] || !isForCanvas(event)) return;
      clearTimeout(timer);
      timer = setTimeout(() => hands.readPlace(), REST_MS);
    };
    const controller = new AbortController();
    const options = { capture: true, signal: controller.signal };
    window.addEventListener("keydown", onKeyDown, options);
    window.addEventListener("keyup", onKeyUp, options);
    window.addEventListener("pointerdown", sizes.settle, options);
    window.addEventListener("blur", sizes.settle, { signal: controller.signal });
    return () => {
      controller.abort();
      sizes.settle();
      clearTimeout(timer);
    };
  }, [hands, canEdit, refuse]);
}
