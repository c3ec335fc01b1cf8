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
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isForField(event))
        return;
      const isLetter = event.key.length === 1 && /[a-z]/i.test(event.key);
      const key = isLetter ? (event.shiftKey ? "Shift+" : "") + event.key.toLowerCase() : event.key;
      const action = current.current[key];
      if (!action) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, []);
}
