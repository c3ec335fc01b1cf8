/** Whether this browser keeps notes that were written privately and are not on the board yet. */
import { type BoardConfig, storageKey } from "../config";

/** The name of what is kept of a board; ends in the id of a note. */
export function draftKey(config: BoardConfig): string {
  return `${storageKey(config)}:private:`;
}

export function hasDrafts(config: BoardConfig): boolean {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(draftKey(config)));
  } catch {
    // A browser that stores nothing.
    return false;
  }
}
