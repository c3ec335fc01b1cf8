import { useLayoutEffect, useState } from "react";

/** The heading of the panel that is open. */
export const PANEL_HEADING = ".board-panel h2";

/**
 * When the component is removed, returns the focus to what had it before the component appeared; to
 * `otherwise`, if that was nothing or is gone, as the entry of a menu is.
 */
export function useReturnFocus(otherwise = ".excalidraw"): void {
  // While rendering: the effects of children, which may take the focus, come before one's own.
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(() => {
    // Once it is removed, and before the next key.
    return () => queueMicrotask(() => returnTo(before, otherwise));
  }, [before, otherwise]);
}

function returnTo(before: Element | null, otherwise: string): void {
  const isLost = !document.activeElement || document.activeElement === document.body;
  // If the user clicked elsewhere meanwhile, the focus stays there.
  if (!isLost) return;
  const isUsable = before?.isConnected && before !== document.body;
  const target = isUsable ? before : document.querySelector(otherwise);
  if (target instanceof HTMLElement) target.focus();
}
