/** What happens to the page that a session has to know: network, visibility, time, and its end. */

const CLOCK_INTERVAL_MS = 500;

export interface PageHandlers {
  readonly onNetwork: (isOnline: boolean) => void;
  readonly onVisibility: (isVisible: boolean) => void;
  /** Called now and then: time has passed. */
  readonly onTime: () => void;
  /** Called when the page is closed or put away. */
  readonly onLeave: () => void;
  /** Whether the user is asked before the page is closed. */
  readonly isWorkAtRisk: () => boolean;
}

/** Calls the handlers until `signal` is aborted. */
export function watchPage(handlers: PageHandlers, signal: AbortSignal): void {
  const onNetwork = () => handlers.onNetwork(navigator.onLine);
  const onBeforeUnload = (event: BeforeUnloadEvent) => {
    if (handlers.isWorkAtRisk()) event.preventDefault();
  };
  const onVisibility = () => handlers.onVisibility(document.visibilityState === "visible");
  window.addEventListener("online", onNetwork, { signal });
  window.addEventListener("offline", onNetwork, { signal });
  window.addEventListener("pagehide", handlers.onLeave, { signal });
  window.addEventListener("beforeunload", onBeforeUnload, { signal });
  document.addEventListener("visibilitychange", onVisibility, { signal });
  const clock = setInterval(handlers.onTime, CLOCK_INTERVAL_MS);
  signal.addEventListener("abort", () => clearInterval(clock));
}
