/** The page's own keys. They come before the editor's, which takes whatever has the focus. */
import { useEffect, useRef } from "react";
import { isForField } from "./layers";

/** What to do, by a key as `shortcuts.ts` writes it. */
export type Shortcuts = Readonly<Record<string, () => void>>;

export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isControl = event.ctrlKey || event.metaKey;
      if (event.altKey || event.repeat || (!isControl && isForField(event))) return;
      const action = current.current[(isControl ? "Control+" : "") + nameOf(event)];
      if (!action || (isControl && document.querySelector("dialog[open]"))) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, []);
}

/** Shift is part of a letter's name; other keys make another character with it. */
function nameOf({ key, shiftKey }: KeyboardEvent): string {
  const isLetter = key.length === 1 && /[a-z]/i.test(key);
  return isLetter ? (shiftKey ? "Shift+" : "") + key.toLowerCase() : key;
}
