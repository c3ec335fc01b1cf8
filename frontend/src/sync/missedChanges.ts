/** When a list of the board has to be asked for again. */
import type { BoardEvent, Changes } from "./events";

/**
 * Whether an event means that the list may have changed unseen, for one list and one page.
 * `asked` says that it was read after the event with that number, and is not called when that fails.
 */
export class MissedChanges {
  private readonly kind: keyof Changes;
  private known: number | null = null;

  constructor(kind: keyof Changes) {
    this.kind = kind;
  }

  /** The number to say to `asked` when the list has to be read; `null` when nothing was missed. */
  missed(event: BoardEvent): { readonly number: number | null } | null {
    if (event.type !== "access") {
      // The event is the newest, but does not carry its number.
      if (event.type === "versions" || event.type === "comment") this.forget(event.type);
      return null;
    }
    const number = event.changes?.[this.kind] ?? null;
    return number !== null && number === this.known ? null : { number };
  }

  asked(number: number | null): void {
    this.known = number;
  }

  private forget(type: "versions" | "comment"): void {
    if ((type === "versions") === (this.kind === "versions")) this.known = null;
  }
}
