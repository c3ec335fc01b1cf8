/**
 * One library as this page has it. What is done here shows at once and is kept on the device; each
 * change of an item is sent for itself, so that what several devices did to a library is merged by
 * items. What was changed here shows as changed, whatever the server says meanwhile.
 */
import { Listeners } from "../listeners";
import { ApiError } from "../page/boardApi";
import type { Change, Device, Kept } from "./device";
import { type Item, inOrder, positionAt } from "./item";
import { follows, type LibraryServer, MINE } from "./server";

export interface StoreOptions {
  readonly id: string;
  readonly device: Device;
  /** `null` for what is kept on the device alone. */
  readonly server: LibraryServer | null;
  /** Is told when something changed here that other tabs can read from the device. */
  readonly onKept: () => void;
  /** Is told what the server refused for good; the change is given up. */
  readonly onProblem: (error: ApiError) => void;
}

export class LibraryStore {
  private readonly options: StoreOptions;
  private known = new Map<string, Item>();
  private changes = new Map<string, Change>();
  private etag = "";
  private current: readonly Item[] | null = null;
  private sending: Promise<void> | null = null;
  private isReady = false;
  /** Grows with everything that happens here. */
  private edits = 0;
  private readonly listeners = new Listeners();
  readonly id: string;
  /** Calls `listener` whenever `items()` changes; returns how to stop that. */
  readonly subscribe = this.listeners.add;
  /** Resolves when what the device keeps is there. */
  readonly loaded: Promise<void>;

  constructor(options: StoreOptions) {
    this.options = options;
    this.id = options.id;
    this.loaded = this.reload();
  }

  /** In their order. The same list as long as nothing changed; `null` before anything is known. */
  readonly items = (): readonly Item[] | null => {
    if (!this.isReady) return null;
    this.current ??= inOrder(this.shown());
    return this.current;
  };

  /** How many changes the server has not got. */
  get unsent(): number {
    return this.changes.size;
  }

  /** Reads again what the device keeps: another tab has changed it. */
  async reload(): Promise<void> {
    const { id, device, server } = this.options;
    let kept: Kept;
    let edits: number;
    do {
      edits = this.edits;
      kept = await device.load(id);
      // What was changed while it was read is on the device only now.
    } while (edits !== this.edits);
    this.known = kept.items;
    this.changes = kept.changes;
    this.etag = kept.etag;
    if (this.etag || this.known.size > 0 || !server) this.isReady = true;
    this.changed();
  }

  put(item: Item): void {
    this.change(item.id, { kind: "put", item });
  }

  putAll(items: readonly Item[]): void {
    for (const item of items) this.put(item);
  }

  rename(id: string, name: string): void {
    this.change(id, { kind: "fields", name });
  }

  /** Moves an item to a place, counted without it. */
  move(id: string, place: number): void {
    const position = positionAt(this.items() ?? [], id, place);
    if (position !== null) this.change(id, { kind: "fields", position });
  }

  remove(id: string): void {
    this.change(id, { kind: "delete" });
  }

  /** Sends what is unsent, and asks what is new. Never rejects. */
  async sync(): Promise<void> {
    await this.loaded;
    await this.send();
    await this.refresh();
  }

  private *shown(): Iterable<Item> {
    for (const [id, item] of this.known) {
      const shown = applied(item, this.changes.get(id));
      if (shown) yield shown;
    }
    for (const [id, change] of this.changes) {
      if (!this.known.has(id) && change.kind === "put") yield change.item;
    }
  }

  private change(id: string, change: Change): void {
    const { id: library, device, server, onKept } = this.options;
    if (server) {
      const next = merged(this.changes.get(id), change);
      this.changes.set(id, next);
      void device.keepChange(library, id, next).then(onKept);
      void this.send();
    } else {
      const item = applied(this.known.get(id), change);
      if (item) this.known.set(id, item);
      else this.known.delete(id);
      void device.keepItem(library, id, item).then(onKept);
    }
    this.changed();
  }

  /** One change after the other; what fails for now is tried again by the next `sync`. */
  private send(): Promise<void> {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async sendAll(): Promise<void> {
    const { id: library, server, onProblem } = this.options;
    if (!server) return;
    for (;;) {
      const [first] = this.changes;
      if (!first) return;
      const [id, change] = first;
      try {
        const etag = await server.send(library, id, change);
        await this.sent(id, change, etag);
      } catch (error) {
        if (!(error instanceof ApiError) || !isRefusal(error, library)) return;
        await this.sent(id, change, null);
        onProblem(error);
        await this.refresh();
      }
    }
  }

  /** `etag` is `null` when the server did not take it, and empty when it says nothing. */
  private async sent(id: string, change: Change, etag: string | null): Promise<void> {
    const { id: library, device, onKept } = this.options;
    if (etag !== null) {
      const item = applied(this.known.get(id), change);
      if (item) this.known.set(id, item);
      else this.known.delete(id);
      // What others did in between has to be read; then this is not the state that is known.
      if (follows(etag, this.etag)) this.etag = etag;
      await device.keepItem(library, id, item, this.etag);
    }
    // Unless it was changed again meanwhile.
    if (this.changes.get(id) === change) {
      this.changes.delete(id);
      await device.keepChange(library, id, undefined);
    }
    this.changed();
    onKept();
  }

  private async refresh(): Promise<void> {
    const { id, device, server, onKept } = this.options;
    if (!server) return;
    try {
      const news = await server.items(id, this.etag);
      this.isReady = true;
      if (news) {
        [this.known, this.etag] = news;
        await device.keepAll(id, this.known, this.etag);
        onKept();
      }
      this.changed();
    } catch {
      // Nobody answers: what is known stays.
    }
  }

  private changed(): void {
    this.edits += 1;
    this.current = null;
    this.listeners.call();
  }
}

/** Whether the change itself is refused. A session that is over is none: it is sent by the next one. */
function isRefusal(error: ApiError, library: string): boolean {
  const isSignedOut = error.status === 401 || (error.status === 403 && library === MINE);
  return error.isFinal && !isSignedOut;
}

/** What a change makes of an item; `undefined` when it is not there any more. */
function applied(item: Item | undefined, change: Change | undefined): Item | undefined {
  if (!change) return item;
  if (change.kind === "put") return change.item;
  if (change.kind === "delete" || !item) return undefined;
  const { kind: _, ...fields } = change;
  return { ...item, ...fields };
}

/** One change that does what two did. */
function merged(before: Change | undefined, change: Change): Change {
  if (change.kind !== "fields" || !before) return change;
  const { kind: _, ...fields } = change;
  if (before.kind === "put") return { kind: "put", item: { ...before.item, ...fields } };
  return before.kind === "fields" ? { ...before, ...fields } : before;
}
