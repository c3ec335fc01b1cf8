/**
 * Loads the page again by itself while a part that it cannot do without is missing: a train that
 * leaves its tunnel needs nobody to press a key.
 */
import { here } from "../prefix";

/** Of this tab: how often in a row. */
const FAILURES = "canvas-load-failures";
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Loads the page again after a pause, which is longer each time, or when the network comes back: once
 * the server answers, because a browser that finds nobody shows a page of its own, which tries nothing.
 */
export function tryAgain(): void {
  const failures = failuresBefore();
  remember(failures + 1);
  lookLater(FIRST_PAUSE_MS * 2 ** failures);
  window.addEventListener("online", () => void reloadIfThere());
}

function lookLater(wanted: number): void {
  const pause = Math.min(wanted, LONGEST_PAUSE_MS);
  // Apart from each other, when a server has failed everybody at the same moment.
  const apart = pause * (1 + Math.random() / 2);
  setTimeout(() => void reloadIfThere().then(() => lookLater(2 * pause)), apart);
}

async function reloadIfThere(): Promise<void> {
  const answer = await fetch(here("/healthz"), { cache: "no-store" }).catch(() => null);
  if (answer?.ok) window.location.reload();
}

/** The page is there: the next time is a first one. */
export function loaded(): void {
  try {
    sessionStorage.removeItem(FAILURES);
  } catch {
    // A browser that keeps nothing counts nothing either.
  }
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
