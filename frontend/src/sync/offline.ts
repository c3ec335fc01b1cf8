/**
 * The copy of the board in this browser. y-indexeddb does the work; what is added here is that a
 * storage that cannot be opened, or is full, is noticed: the page must not claim that changes are
 * kept when they are not.
 */
import * as idb from "lib0/indexeddb";
import { IndexeddbPersistence, PREFERRED_TRIM_SIZE, storeState } from "y-indexeddb";
import type * as Y from "yjs";
import { raise, type StateVector } from "./saved";

const COMMITTED_KEY = "committed";
/** Where y-indexeddb keeps values beside the document. */
const VALUES_STORE = "custom";
const PROBE_NAME = "canvas:probe";
const LOAD_TIMEOUT_MS = 3000;
const COMPACT_DELAY_MS = 1000;

export interface OfflineEvents {
  /** The copy is no longer, or not at all, kept. */
  onFailed(): void;
}

export class OfflineCopy {
  private readonly persistence: IndexeddbPersistence;
  private readonly events: OfflineEvents;
  private hasFailed = false;
  private compactTimer: ReturnType<typeof setTimeout> | null = null;

  private constructor(persistence: IndexeddbPersistence, events: OfflineEvents) {
    this.persistence = persistence;
    this.events = events;
    watchWrites(persistence, this.fail, this.compactLater);
  }

  /**
   * Loads the copy into `doc` and keeps it up to date from then on; `null` when this browser
   * stores nothing (private window, full disk, blocked storage).
   */
  static async open(name: string, doc: Y.Doc, events: OfflineEvents): Promise<OfflineCopy | null> {
    try {
      // y-indexeddb leaves a rejection of its own unhandled, so the storage is tried out first.
      (await idb.openDB(PROBE_NAME, () => {})).close();
      const persistence = new IndexeddbPersistence(name, doc);
      const copy = new OfflineCopy(persistence, events);
      await withTimeout(persistence.whenSynced, LOAD_TIMEOUT_MS);
      return copy;
    } catch {
      return null;
    }
  }

  /** The state that the server had committed when this was last told. */
  async loadCommitted(): Promise<StateVector> {
    const committed: StateVector = new Map();
    const stored: unknown = await this.read(COMMITTED_KEY);
    if (Array.isArray(stored)) raise(committed, new Map(stored as [number, number][]));
    return committed;
  }

  saveCommitted(committed: ReadonlyMap<number, number>): void {
    void this.write(COMMITTED_KEY, [...committed]);
  }

  /** A value stored beside the document; `undefined` when there is none or it cannot be read. */
  async read(key: string): Promise<unknown> {
    try {
      return await this.persistence.get(key);
    } catch {
      this.fail();
      return undefined;
    }
  }

  /** All values stored under keys that begin so; none when they cannot be read. */
  async readAll(prefix: string): Promise<unknown[]> {
    try {
      const db = await this.persistence._db;
      const [store] = idb.transact(db, [VALUES_STORE], "readonly");
      const range = idb.createIDBKeyRangeBound(prefix, `${prefix}\uffff`, false, false);
      return store ? await idb.getAll(store, range) : [];
    } catch {
      this.fail();
      return [];
    }
  }

  async write(key: string, value: unknown): Promise<void> {
    try {
      // Any value that the structured clone algorithm takes is fine; the type there is too narrow.
      await this.persistence.set(key, value as string);
    } catch {
      this.fail();
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await this.persistence.del(key);
    } catch {
      this.fail();
    }
  }

  /** Forgets everything about the board. */
  async clear(): Promise<void> {
    await this.persistence.clearData().catch(this.fail);
  }

  private readonly fail = (): void => {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.events.onFailed();
  };

  private readonly compactLater = (): void => {
    if (this.compactTimer !== null) clearTimeout(this.compactTimer);
    this.compactTimer = setTimeout(() => {
      storeState(this.persistence, false).catch(this.fail);
    }, COMPACT_DELAY_MS);
  };
}

/** Takes the place of y-indexeddb's own update listener, which does not look at its results. */
function watchWrites(
  persistence: IndexeddbPersistence,
  onFailed: () => void,
  onManyUpdates: () => void,
): void {
  const { doc } = persistence;
  doc.off("update", persistence._storeUpdate);
  persistence._storeUpdate = (update: Uint8Array, origin: unknown) => {
    if (!persistence.db || origin === persistence) return;
    try {
      const [store] = idb.transact(persistence.db, ["updates"]);
      if (store) idb.addAutoKey(store, update as Uint8Array & string).catch(onFailed);
    } catch {
      onFailed();
    }
    persistence._dbsize += 1;
    if (persistence._dbsize >= PREFERRED_TRIM_SIZE) onManyUpdates();
  };
  // What is loaded need not be stored again, nor be encoded for that.
  void persistence.whenSynced.then(() => doc.on("update", persistence._storeUpdate));
}

function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The storage does not answer.")), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
