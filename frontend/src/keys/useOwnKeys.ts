import { type RefObject, useLayoutEffect } from "react";
import { CLOSE_KEY, PANEL_KEYS } from "./shortcuts";

/** Keeps the keys of panels from the editor while the focus is inside; its other shortcuts go on working. */
export function useOwnKeys(inside: RefObject<HTMLElement | null>, onEscape?: () => void): void {
  useLayoutEffect(() => {
    const element = inside.current;
    // Not by React, which hears of it only after the editor.
    const onKey = (event: KeyboardEvent) => {
      if (!PANEL_KEYS.has(event.key)) return;
      event.stopPropagation();
      if (event.type === "keydown" && event.key === CLOSE_KEY) onEscape?.();
    };
    element?.addEventListener("keydown", onKey);
    element?.addEventListener("keyup", onKey);
    return () => {
      element?.removeEventListener("keydown", onKey);
      element?.removeEventListener("keyup", onKey);
    };
  }, [inside, onEscape]);
}
