/**
 * Work that cannot be sent under the client id it was written with, because somebody else has
 * written under that id: it is taken out of the document and done again, as fresh edits.
 *
 * What the server holds under an id counts as ours only if it is ours: a state vector says how much
 * there is, and nothing of whose it is.
 */
import * as Y from "yjs";
import { equalJson, isObject, type Json } from "../canvas/groups";
import { elementMap } from "../canvas/shared";
import { nameOfId } from "../conflicts/concurrent";
import { currentWrite } from "../conflicts/deletion";
import { isChosenGroup } from "../conflicts/groups";
import { encodeRecord, recordKey, sideOf } from "../conflicts/record";

/** Origin of the transaction that does rescued work again. */
const RESCUE = Symbol("rescue");

type StateVector = ReadonlyMap<number, number>;

/** Whether the server holds something else under an id where this page has unsaved work. */
export function isForeign(doc: Y.Doc, update: Uint8Array, committed: StateVector): boolean {
  const { from, to } = Y.parseUpdateMeta(update);
  const isUnsaved = (client: number) => {
    const begin = Math.max(from.get(client) ?? 0, committed.get(client) ?? 0);
    return begin < Math.min(to.get(client) ?? 0, Y.getState(doc.store, client));
  };
  const clients = new Set([...to.keys()].filter(isUnsaved));
  if (clients.size === 0) return false;
  const proven = new Set<number>();
  const doubted = new Set<number>();
  for (const theirs of Y.decodeUpdate(update).structs) {
    const { client, clock } = theirs.id;
    const isOverlap =
      clock >= (committed.get(client) ?? 0) && clock < Y.getState(doc.store, client);
    if (!clients.has(client) || !isOverlap) continue;
    const structs = doc.store.clients.get(client) ?? [];
    const first = Y.findIndexSS(structs, clock);
    const ours = structs[first];
    if (!(theirs instanceof Y.Item)) {
      // It says nothing but that all of it is gone.
      const isAlive = (struct: Y.Item | Y.GC) =>
        struct.id.clock < clock + theirs.length && !struct.deleted;
      if (structs.slice(first).some(isAlive)) doubted.add(client);
    } else if (ours instanceof Y.Item && ours.id.clock === clock) {
      if (!isSame(doc, ours, theirs)) return true;
      proven.add(client);
    }
  }
  return [...doubted].some((client) => !proven.has(client));
}

function isSame(doc: Y.Doc, ours: Y.Item, theirs: Y.Item): boolean {
  if (!Y.compareIDs(ours.origin, theirs.origin)) return false;
  if (theirs.origin === null) {
    if (ours.parentSub !== theirs.parentSub || !isSameParent(doc, ours, theirs)) return false;
  }
  const areValues = ours.content instanceof Y.ContentAny && theirs.content instanceof Y.ContentAny;
  return !areValues || equalJson(ours.content.getContent(), theirs.content.getContent());
}

/** The parent of what is not in a document is an id, or the name of a root. */
function isSameParent(doc: Y.Doc, ours: Y.Item, theirs: Y.Item): boolean {
  const [mine, other] = [ours.parent, theirs.parent as unknown];
  if (!(mine instanceof Y.AbstractType)) return true;
  if (typeof other === "string") return doc.share.get(other) === mine;
  return other instanceof Y.ID && Y.compareIDs(mine._item?.id ?? null, other);
}

/** Unsaved work as values, apart from any document. */
export interface Work {
  /** What the page knew of others: whatever is newer was written without knowledge of this work. */
  readonly known: readonly (readonly [number, number])[];
  readonly elements: readonly WorkOnElement[];
  /** `[root, key, value]` */
  readonly values: readonly (readonly [string, string, Json])[];
}

interface WorkOnElement {
  readonly id: string;
  readonly groups: { readonly [key: string]: Json };
  /** The keys that are unsaved. */
  readonly changed: readonly string[];
}

const PLAIN_ROOTS = ["files", "meta"] as const;

/** The unsaved work of a document, as it stands. */
export function collectWork(doc: Y.Doc, committed: StateVector): Work {
  const isUnsaved = (item: Y.Item) => item.lastId.clock >= (committed.get(item.id.client) ?? 0);
  const elements: WorkOnElement[] = [];
  for (const [id, value] of doc.getMap("elements")) {
    if (!(value instanceof Y.Map)) continue;
    const changed = [...value._map]
      .filter(([, item]) => !item.deleted && isUnsaved(item))
      .map(([key]) => key);
    if (changed.length > 0) elements.push({ id, groups: value.toJSON(), changed });
  }
  const values = PLAIN_ROOTS.flatMap((root) =>
    [...doc.getMap<Json>(root)._map]
      .filter(([, item]) => !item.deleted && isUnsaved(item))
      .map(([key]) => [root, key, doc.getMap<Json>(root).get(key) as Json] as const),
  );
  const known = [...doc.store.clients.keys()].map(
    (client) =>
      [client, Math.min(committed.get(client) ?? 0, Y.getState(doc.store, client))] as const,
  );
  return { known, elements, values };
}

/** How many things a person would count. */
export function sizeOfWork({ elements, values }: Work): number {
  return elements.length + values.length;
}

/**
 * Does the work again. Where others changed the same meanwhile, the work stands and people are
 * asked, as after any offline stretch.
 */
export function redoWork(
  doc: Y.Doc,
  work: Work,
  author: { readonly id: string | null; readonly name: string },
  maxUpdateBytes: number,
): void {
  const known = new Map(work.known);
  const context = { doc, known, user: author.id, maxUpdateBytes };
  doc.transact(() => {
    doc.getMap("authors").set(String(doc.clientID), { user: author.id, name: author.name });
    for (const one of work.elements) redoElement(one, context);
    for (const [root, key, value] of work.values) {
      const map = doc.getMap<Json>(root);
      if (!equalJson(map.get(key), value)) map.set(key, value);
    }
  }, RESCUE);
}

interface Redoing {
  readonly doc: Y.Doc;
  readonly known: StateVector;
  readonly user: string | null;
  readonly maxUpdateBytes: number;
}

function redoElement({ id, groups, changed }: WorkOnElement, redoing: Redoing): void {
  const { doc, known, user } = redoing;
  const map = elementMap(doc, id);
  const signed = (value: Json | undefined) =>
    isObject(value) && "by" in value ? { ...value, by: user } : value;
  if (map === null) {
    const entries = Object.entries(groups).map(([key, value]) => [
      key,
      key === "del" ? signed(value) : value,
    ]);
    doc.getMap("elements").set(id, new Y.Map(entries as [string, unknown][]));
    return;
  }
  for (const key of changed) {
    const value = key === "del" ? signed(groups[key]) : groups[key];
    const theirs = currentWrite(map, key);
    if (value === undefined || equalJson(theirs?.value, value)) continue;
    map.set(key, value);
    const isConcurrent = theirs !== null && theirs.id.clock >= (known.get(theirs.id.client) ?? 0);
    if (isConcurrent && isChosenGroup(map as Y.AbstractType<unknown>, key))
      recordConflict(redoing, map, id, key, theirs);
  }
}

function recordConflict(
  { doc, maxUpdateBytes }: Redoing,
  map: Y.Map<Json>,
  element: string,
  group: string,
  theirs: Parameters<typeof sideOf>[1],
): void {
  const ours = currentWrite(map, group);
  if (ours === null) return;
  const record = {
    element,
    group,
    at: Date.now(),
    batch: `${doc.clientID}.${Date.now().toString(36)}`,
    sides: [sideOf(doc, theirs), sideOf(doc, ours)],
    shown: nameOfId(ours.id),
    edited: [],
  };
  const encoded = encodeRecord(record, maxUpdateBytes);
  if (encoded !== null) doc.getMap("conflicts").set(recordKey(element, group), encoded);
}
