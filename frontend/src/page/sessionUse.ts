/** Drawing goes over sockets, which do not renew a session; this tells the server of it by HTTP. */

/** Below a third of the shortest time that a session may be idle. */
export const USE_SECONDS = 300;

const EVENTS = ["keydown", "pointerdown"] as const;

/** Asks for `url` when somebody does something, at most once in `USE_SECONDS`. Returns how to stop. */
export function keepSessionInUse(url: string): () => void {
  let next = Date.now() + USE_SECONDS * 1000;
  const onUse = (): void => {
    if (Date.now() < next) return;
    next = Date.now() + USE_SECONDS * 1000;
    // Without network there is nothing to renew; the next time tries again.
    fetch(url, { method: "HEAD", redirect: "manual" }).catch(() => undefined);
  };
  for (const type of EVENTS) window.addEventListener(type, onUse, { capture: true });
  return () => {
    for (const type of EVENTS) window.removeEventListener(type, onUse, { capture: true });
  };
}
