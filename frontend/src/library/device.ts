/**
 * What this device keeps of libraries: the items as they were last known, and beside them each change
 * that the server has not got, under a key of its own, so that tabs don't take each other's away.
 */
import * as idb from "lib0/indexeddb";
import { LIBRARY_KEY, noteCopy } from "../copies";
import { t } from "../i18n";
import { ownName } from "../prefix";
import type { Item } from "./item";

/** What has to be done to one item on the server. */
export type Change =
  | { readonly kind: "put"; readonly item: Item }
  | { readonly kind: "fields"; readonly name?: string; readonly position?: number }
  | { readonly kind: "delete" };

export interface Kept {
  readonly items: Map<string, Item>;
  readonly changes: Map<string, Change>;
  /** Of the items, by the server; empty when they never came from it. */
  readonly etag: string;
}

const ITEMS = "items";
const CHANGES = "changes";
const STATE = "state";
const LIST = "list";
const GUEST = "guest";

/** The name of the database, in the form of those of boards: it goes when they do. */
export function libraryKey(person: string | null): string {
  return ownName(`${LIBRARY_KEY}${person ?? GUEST}:all`);
}

/** Everything that is kept of libraries for one person; without storage it forgets at once. */
export class Device {
  private readonly key: string;
  private readonly isGuest: boolean;
  private readonly opening: Promise<IDBDatabase | null>;

  constructor(person: string | null) {
    this.key = libraryKey(person);
    this.isGuest = person === null;
    this.opening = idb
      .openDB(this.key, (db) => idb.createStores(db, [[ITEMS], [CHANGES], [STATE]]))
      .catch(() => null);
  }

  async load(library: string): Promise<Kept> {
    const [items, changes, etag] = await Promise.all([
      this.entries<Item>(ITEMS, library),
      this.entries<Change>(CHANGES, library),
      this.read(STATE, library),
    ]);
    return { items, changes, etag: typeof etag === "string" ? etag : "" };
  }

  /** The list of libraries as it was last known. */
  async list(): Promise<unknown> {
    return this.read(STATE, LIST);
  }

  keepList(list: unknown): Promise<void> {
    return this.write((stores) => stores(STATE).put(list, LIST));
  }

  /** Takes the place of all items of a library. */
  keepAll(library: string, items: ReadonlyMap<string, Item>, etag: string): Promise<void> {
    return this.write((stores) => {
      stores(ITEMS).delete(rangeOf(library));
      for (const item of items.values()) stores(ITEMS).put(item, [library, item.id]);
      stores(STATE).put(etag, library);
    });
  }

  keepItem(library: string, id: string, item: Item | undefined, etag?: string): Promise<void> {
    return this.write((stores) => {
      if (item) stores(ITEMS).put(item, [library, id]);
      else stores(ITEMS).delete([library, id]);
      if (etag !== undefined) stores(STATE).put(etag, library);
    });
  }

  keepChange(library: string, id: string, change: Change | undefined): Promise<void> {
    return this.write((stores) => {
      if (change) stores(CHANGES).put(change, [library, id]);
      else stores(CHANGES).delete([library, id]);
    });
  }

  /** Notes how much of it is nowhere else: signing out asks first, and others don't clear it. */
  note(unsent: number, items: number): void {
    const unsaved = this.isGuest ? items : unsent;
    noteCopy({ key: this.key, title: t("Library"), unsaved });
  }

  private async entries<Value>(store: string, library: string): Promise<Map<string, Value>> {
    const db = await this.opening;
    const [opened] = db ? idb.transact(db, [store], "readonly") : [];
    if (!opened) return new Map();
    const found = await idb.getAllKeysValues(opened, rangeOf(library));
    return new Map(found.map(({ k, v }) => [(k as unknown as [string, string])[1], v as Value]));
  }

  private async read(store: string, key: string): Promise<unknown> {
    const db = await this.opening;
    const [opened] = db ? idb.transact(db, [store], "readonly") : [];
    return opened ? await idb.get(opened, key) : undefined;
  }

  /** One transaction; a device that is full keeps what it had. */
  private async write(act: (stores: (name: string) => IDBObjectStore) => void): Promise<void> {
    const db = await this.opening;
    if (!db) return;
    await new Promise<void>((resolve) => {
      const transaction = db.transaction([ITEMS, CHANGES, STATE], "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => resolve();
      act((name) => transaction.objectStore(name));
    });
  }
}

function rangeOf(library: string): IDBKeyRange {
  return IDBKeyRange.bound([library, ""], [library, "￿"]);
}
