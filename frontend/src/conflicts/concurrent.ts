/**
 * Exact detection of writes to one Y.Map key that were made without knowledge of each other.
 *
 * All values ever written to a key form a linked list (yjs 13.6, `structs/Item.js`): the right-most
 * item is the current value, and the `origin` of an item is the value that its writer saw. Yjs picks
 * the winner of concurrent writes by client id, not by time. In `beforeObserverCalls` the new items
 * are in the list and nothing has been garbage collected, so the value that lost can still be read.
 */
import * as Y from "yjs";
import type { Json } from "../canvas/groups";

/** Identifies one written value. */
export interface WriteId {
  readonly client: number;
  readonly clock: number;
}

export interface WrittenValue {
  readonly id: WriteId;
  /** `undefined` when it is not known. */
  readonly value: Json | undefined;
  /** False when the value was garbage collected on its way; it had then lost to another one. */
  readonly isKnown: boolean;
}

/** A remote value whose writer did not know the value that this replica had. */
export interface ConcurrentWrite {
  readonly parent: Y.AbstractType<unknown>;
  readonly key: string;
  readonly ours: WrittenValue;
  readonly theirs: WrittenValue;
  /** Whose value Yjs made the current one; `other` is a third value. */
  readonly winner: "ours" | "theirs" | "other";
}

type IsTracked = (parent: Y.AbstractType<unknown>, key: string) => boolean;
type IsNew = (id: WriteId) => boolean;

/**
 * The concurrent writes that a transaction brought; to be called in `beforeObserverCalls`. One
 * entry per key and remote branch; those of one key in the list's order, so the last is the
 * strongest remote value.
 */
export function concurrentWrites(tr: Y.Transaction, isTracked: IsTracked): ConcurrentWrite[] {
  if (tr.local) return [];
  const isNew = newIn(tr);
  const found: ConcurrentWrite[] = [];
  for (const [parent, keys] of newItems(tr, isTracked)) {
    for (const [key, items] of keys) {
      found.push(...concurrentAt(tr.doc.store, parent, key, items, isNew));
    }
  }
  return found;
}

/** Whether an id is one that the transaction brought. */
export function newIn({ beforeState }: Y.Transaction): IsNew {
  return (id) => id.clock >= (beforeState.get(id.client) ?? 0);
}

/** The id of the value that an item ends with; items of one client may be merged into one. */
export function lastId(item: Y.Item): WriteId {
  return { client: item.id.client, clock: item.id.clock + item.length - 1 };
}

/** `client:clock`, as it is stored. */
export function nameOfId({ client, clock }: WriteId): string {
  return `${client}:${clock}`;
}

/** The id of a name. */
export function idOfName(name: string): WriteId {
  const [client, clock] = name.split(":");
  return { client: Number(client), clock: Number(clock) };
}

/** Tracked new items by map and key. */
export function newItems(tr: Y.Transaction, isTracked: IsTracked) {
  const touched = new Map<Y.AbstractType<unknown>, Map<string, Y.Item[]>>();
  for (const [client, clock] of tr.afterState) {
    const before = tr.beforeState.get(client) ?? 0;
    const structs = clock === before ? undefined : tr.doc.store.clients.get(client);
    if (!structs) continue;
    for (let i = Y.findIndexSS(structs, before); i < structs.length; i += 1) {
      const item = structs[i];
      if (!(item instanceof Y.Item) || item.parentSub === null) continue;
      const parent = item.parent;
      if (!(parent instanceof Y.AbstractType) || !isTracked(parent, item.parentSub)) continue;
      const keys = touched.get(parent) ?? new Map<string, Y.Item[]>();
      touched.set(parent, keys);
      const items = keys.get(item.parentSub) ?? [];
      keys.set(item.parentSub, items);
      items.push(item);
    }
  }
  return touched;
}

function concurrentAt(
  store: Y.Doc["store"],
  parent: Y.AbstractType<unknown>,
  key: string,
  items: readonly Y.Item[],
  isNew: IsNew,
): ConcurrentWrite[] {
  const current = parent._map.get(key) ?? null;
  // The value before this transaction is the right-most old item.
  let ours = current;
  while (ours !== null && isNew(ours.id)) ours = ours.left;
  if (ours === null) return [];
  const seen = lastId(ours);
  const found: ConcurrentWrite[] = [];
  for (const [head, tip] of branches(store, inListOrder(current, items), isNew)) {
    // Its writer saw our value: an ordinary edit.
    if (head.origin !== null && Y.compareIDs(head.origin, Y.createID(seen.client, seen.clock))) {
      continue;
    }
    const winner = current === tip ? "theirs" : current === ours ? "ours" : "other";
    found.push({ parent, key, ours: readItem(ours), theirs: readItem(tip), winner });
  }
  return found;
}

/**
 * Groups new items by the old value that they build on: head → right-most item. An item whose
 * origin is new belongs to the branch of its origin, which stands further left.
 */
function branches(store: Y.Doc["store"], ordered: readonly Y.Item[], isNew: IsNew) {
  const headOf = new Map<Y.AbstractStruct, Y.Item>();
  const tips = new Map<Y.Item, Y.Item>();
  for (const item of ordered) {
    const { origin } = item;
    const before = origin !== null && isNew(origin) ? Y.getItem(store, origin) : null;
    const head = (before && headOf.get(before)) ?? item;
    headOf.set(item, head);
    // Moves the branch to the end: the order of tips is the order of the list.
    tips.delete(head);
    tips.set(head, item);
  }
  return tips;
}

function inListOrder(current: Y.Item | null, items: readonly Y.Item[]): Y.Item[] {
  const wanted = new Set(items);
  const ordered: Y.Item[] = [];
  for (let item = current; item !== null && ordered.length < wanted.size; item = item.left) {
    if (wanted.has(item)) ordered.push(item);
  }
  return ordered.reverse();
}

/** The value that an item ends with. */
export function readItem(item: Y.Item): WrittenValue {
  const id = lastId(item);
  if (item.content instanceof Y.ContentDeleted) return { id, value: undefined, isKnown: false };
  return { id, value: item.content.getContent().at(-1) as Json, isKnown: true };
}

/**
 * Whether this replica has to record a conflict over its value: exactly when the server has not
 * acknowledged that value. Nobody can have seen it then, so the report is never false; and the other
 * value came from the server, so its writer has not seen it either and one replica does report.
 */
export function isUnacknowledged(id: WriteId, acknowledged: ReadonlyMap<number, number>): boolean {
  return id.clock >= (acknowledged.get(id.client) ?? 0);
}
