import { useEffect, useState } from "react";

/** Gives the focus back, when the component goes, to what had it when the component came. */
export function useReturnFocus(): void {
  // While rendering: the effects of children, which may take the focus, come before one's own.
  const [before] = useState(() => document.activeElement);
  useEffect(() => {
    return () => {
      const isLost = !document.activeElement || document.activeElement === document.body;
      // Whoever clicked elsewhere meanwhile has chosen where to be.
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [before]);
}
