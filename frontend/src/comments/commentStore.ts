/**
 * What a board's comments leave on this device: drafts, what waits to be sent, what was seen.
 * One key each in the browser's local storage, which all tabs share; signing out clears it.
 */
import { GUEST_NAME_KEY } from "../copies";
import { type Anchor, decodeAnchor } from "./thread";

/** A comment on its way to the server. */
export interface Outgoing {
  /** Id of the comment: sent twice, it is written once. */
  readonly id: string;
  /** The thread it answers in; `null`: it begins one at `anchor`. */
  readonly thread: string | null;
  readonly anchor: Anchor | null;
  readonly body: string;
  readonly guestName: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Why the server did not take it; `null` while it is to be sent. */
  readonly problem: string | null;
}

export interface Draft {
  readonly body: string;
  /** Of the beginning of a thread. */
  readonly anchor: Anchor | null;
}

export interface Seen {
  /** When this person first had the board open here. */
  readonly since: number;
  /** Thread id → time of the newest comment that was seen. */
  readonly threads: Readonly<Record<string, number>>;
}

/** The parts of `Storage` that are used; a browser without one keeps things while the page is open. */
export interface Store {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export class CommentStore {
  private readonly store: Store;
  private readonly prefix: string;

  /** `board` is the key of the board's copy on this device. */
  constructor(board: string, store: Store = deviceStore()) {
    this.store = store;
    this.prefix = `${board}:`;
  }

  outbox(): Outgoing[] {
    return this.all("outbox:")
      .map(([, value]) => decodeOutgoing(value))
      .filter((one) => one !== null)
      .sort((a, b) => a.at - b.at);
  }

  put(outgoing: Outgoing): void {
    this.write(`outbox:${outgoing.id}`, outgoing);
  }

  drop(id: string): void {
    this.store.removeItem(`${this.prefix}outbox:${id}`);
  }

  /** By thread, and under `new` that of a new thread. */
  drafts(): Map<string, Draft> {
    const drafts = new Map<string, Draft>();
    for (const [key, value] of this.all("draft:")) {
      const { body, anchor } = (value ?? {}) as Record<string, unknown>;
      if (typeof body === "string")
        drafts.set(key, { body, anchor: decodeAnchor(encoded(anchor)) });
    }
    return drafts;
  }

  putDraft(target: string, draft: Draft | null): void {
    if (draft) this.write(`draft:${target}`, draft);
    else this.store.removeItem(`${this.prefix}draft:${target}`);
  }

  seen(now: number): Seen {
    const { since, threads } = (this.read("seen") ?? {}) as Partial<Seen>;
    if (typeof since === "number" && typeof threads === "object") return { since, threads };
    const seen = { since: now, threads: {} };
    this.putSeen(seen);
    return seen;
  }

  putSeen(seen: Seen): void {
    this.write("seen", seen);
  }

  /** Identifies this guest's own comments. */
  get guestId(): string {
    return String(this.read("guest") ?? "");
  }

  set guestId(id: string) {
    this.write("guest", id);
  }

  /** The name a guest writes under, on all boards. */
  get guestName(): string {
    return this.store.getItem(GUEST_NAME_KEY) ?? "";
  }

  set guestName(name: string) {
    this.attempt(() => this.store.setItem(GUEST_NAME_KEY, name));
  }

  /** Calls `listener` when another tab changed something here; returns how to stop that. */
  onOtherTab(listener: () => void): () => void {
    const onStorage = ({ key }: StorageEvent) => {
      if (key === null || key.startsWith(this.prefix)) listener();
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }

  private all(kind: string): [string, unknown][] {
    const start = this.prefix + kind;
    const keys = Array.from({ length: this.store.length }, (_none, index) => this.store.key(index));
    return keys
      .filter((key) => key?.startsWith(start))
      .map((key) => [
        String(key).slice(start.length),
        this.read(String(key).slice(this.prefix.length)),
      ]);
  }

  private read(key: string): unknown {
    try {
      return JSON.parse(this.store.getItem(this.prefix + key) ?? "null");
    } catch {
      return null;
    }
  }

  private write(key: string, value: unknown): void {
    this.attempt(() => this.store.setItem(this.prefix + key, JSON.stringify(value)));
  }

  /** A full storage must not keep anybody from commenting. */
  private attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      console.warn("This device keeps no more drafts and unsent comments.", error);
    }
  }
}

function decodeOutgoing(value: unknown): Outgoing | null {
  const { id, thread, anchor, body, guestName, at, problem } = (value ?? {}) as Record<
    string,
    unknown
  >;
  const place = decodeAnchor(encoded(anchor));
  const isWhole = typeof id === "string" && typeof body === "string" && typeof at === "number";
  if (!isWhole || (typeof thread !== "string" && !place)) return null;
  return {
    id,
    body,
    at,
    thread: typeof thread === "string" ? thread : null,
    anchor: place,
    guestName: typeof guestName === "string" ? guestName : "",
    problem: typeof problem === "string" ? problem : null,
  };
}

/** A stored anchor in the form that `decodeAnchor` takes. */
function encoded(anchor: unknown): unknown {
  const { element, ...others } = (anchor ?? {}) as Record<string, unknown>;
  return element === undefined ? others : { element_id: element, ...others };
}

function deviceStore(): Store {
  try {
    localStorage.getItem(GUEST_NAME_KEY);
    return localStorage;
  } catch {
    return new PassingStore();
  }
}

class PassingStore implements Store {
  private readonly items = new Map<string, string>();

  get length(): number {
    return this.items.size;
  }

  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}
