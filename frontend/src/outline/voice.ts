/** What is read out to people who do not see the canvas. */
import { Listeners } from "../listeners";

export class Voice {
  private readonly listeners = new Listeners();
  private words = "";
  readonly subscribe = this.listeners.add;

  /** What was said last. */
  readonly snapshot = (): string => this.words;

  /** Says something, also when it is the same as before: what does not change is not read again. */
  readonly say = (words: string): void => {
    this.words = words === this.words ? `${words}\u00a0` : words;
    this.listeners.call();
  };
}

const SILENT = "canvas-silent";

/** Whether this person wants to hear what others change. */
export function isReadingOutWanted(): boolean {
  try {
    return localStorage.getItem(SILENT) === null;
  } catch {
    // A browser that stores nothing.
    return true;
  }
}

export function rememberReadingOut(isWanted: boolean): void {
  try {
    if (isWanted) localStorage.removeItem(SILENT);
    else localStorage.setItem(SILENT, "1");
  } catch {
    // It holds for this visit.
  }
}
