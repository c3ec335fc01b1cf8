/** Links to a thread of comments: the board's address with `thread=<id>`. */
import { taken } from "../page/objectLink";

const KEY = "thread";

/** The thread that a link leads to, until it is opened. */
class LinkedThread {
  private id: string | null = null;
  private readonly listeners = new Set<() => void>();

  /** Takes it from the page's address, which no longer names it afterwards. */
  takeFromAddress(): void {
    this.id = taken(KEY);
  }

  /** Follows a link to a thread of the board on this page; `false` when it leads elsewhere. */
  follow(link: string): boolean {
    const { origin, pathname, searchParams } = new URL(link, window.location.href);
    const id = searchParams.get(KEY);
    const isHere = origin === window.location.origin && pathname === window.location.pathname;
    if (!isHere || id === null) return false;
    this.set(id);
    return true;
  }

  /** To be called when it is open. */
  done(): void {
    this.set(null);
  }

  readonly current = (): string | null => this.id;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private set(id: string | null): void {
    this.id = id;
    for (const listener of this.listeners) listener();
  }
}

export const linkedThread = new LinkedThread();
