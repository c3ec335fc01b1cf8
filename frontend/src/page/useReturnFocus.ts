import { useEffect, useState } from "react";

/**
 * When the component is removed, returns the focus to what had it before the component appeared; to
 * the canvas, if that was nothing or is gone, as the entry of a menu is.
 */
export function useReturnFocus(): void {
  // While rendering: the effects of children, which may take the focus, come before one's own.
  const [before] = useState(() => document.activeElement);
  useEffect(() => {
    return () => {
      const isLost = !document.activeElement || document.activeElement === document.body;
      // If the user clicked elsewhere meanwhile, the focus stays there.
      if (!isLost) return;
      const isUsable = before?.isConnected && before !== document.body;
      const target = isUsable ? before : document.querySelector(".excalidraw");
      if (target instanceof HTMLElement) target.focus();
    };
  }, [before]);
}
