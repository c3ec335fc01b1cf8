/** The keys that work the canvas without a mouse; they come before the editor's. */
import { useEffect } from "react";
import { isForCanvas } from "../keys/layers";
import { CANVAS_KEYS } from "../keys/shortcuts";
import type { Hands } from "./hands";

const GO: Readonly<Record<string, (typeof CANVAS_KEYS.go)[keyof typeof CANVAS_KEYS.go]>> =
  CANVAS_KEYS.go;
/** Somebody who holds a key moves further. */
const REST_MS = 600;

export function useCanvasKeys(hands: Hands, canEdit: boolean): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      // What the page itself presses is for the editor.
      if (!event.isTrusted || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (!isForCanvas(event)) return;
      const direction = GO[event.key];
      if (event.altKey && direction) hands.go(direction);
      else if (event.altKey || event.key !== CANVAS_KEYS.draw || event.repeat) return;
      else if (!canEdit || !hands.draw()) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (!canEdit || event.altKey || !GO[event.key] || !isForCanvas(event)) return;
      clearTimeout(timer);
      timer = setTimeout(() => hands.readPlace(), REST_MS);
    };
    const controller = new AbortController();
    const options = { capture: true, signal: controller.signal };
    window.addEventListener("keydown", onKeyDown, options);
    window.addEventListener("keyup", onKeyUp, options);
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [hands, canEdit]);
}
