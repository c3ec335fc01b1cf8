import { type RefObject, useEffect } from "react";

/** Keys that work a button or leave a panel. The editor takes them, wherever the focus is. */
const OWN_KEYS = new Set(["Enter", " ", "Tab", "Escape"]);

/** Keeps such keys from the editor while the focus is inside; its other shortcuts go on working. */
export function useOwnKeys(inside: RefObject<HTMLElement | null>, onEscape?: () => void): void {
  useEffect(() => {
    const element = inside.current;
    // Not by React, which hears of it only after the editor.
    const onKey = (event: KeyboardEvent) => {
      if (!OWN_KEYS.has(event.key)) return;
      event.stopPropagation();
      if (event.type === "keydown" && event.key === "Escape") onEscape?.();
    };
    element?.addEventListener("keydown", onKey);
    element?.addEventListener("keyup", onKey);
    return () => {
      element?.removeEventListener("keydown", onKey);
      element?.removeEventListener("keyup", onKey);
    };
  }, [inside, onEscape]);
}
