/**
 * Loads the page again by itself while a part that it cannot do without is missing: a train that
 * leaves its tunnel needs nobody to press a key.
 */

/** Of this tab: how often in a row. */
const FAILURES = "canvas-load-failures";
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** Loads the page again after a pause, which doubles each time, or when the network comes back. */
export function tryAgain(): void {
  const failures = failuresBefore();
  remember(failures + 1);
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
  // Apart from each other, when a server has failed everybody at the same moment.
  setTimeout(reload, pause * (1 + Math.random() / 2));
  window.addEventListener("online", reload, { once: true });
}

/** The page is there: the next time is a first one. */
export function loaded(): void {
  try {
    sessionStorage.removeItem(FAILURES);
  } catch {
    // A browser that keeps nothing counts nothing either.
  }
}

function reload(): void {
  window.location.reload();
}

function failuresBefore(): number {
  try {
    return Number(sessionStorage.getItem(FAILURES)) || 0;
  } catch {
    return 0;
  }
}

function remember(failures: number): void {
  try {
    sessionStorage.setItem(FAILURES, String(failures));
  } catch {
    // Then each pause is the first one.
  }
}
