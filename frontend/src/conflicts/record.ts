/**
 * Conflict records: `conflicts["<element>/<group>"]`. One open record per element and group, under
 * a key that every replica computes alike, so that two replicas that notice the same conflict write
 * the same record.
 */
import type * as Y from "yjs";
import { equalJson, type Json } from "../canvas/groups";
import { elementMap } from "../canvas/shared";
import { shortened } from "../characters";
import { t } from "../i18n";
import { lastId, nameOfId, type WriteId, type WrittenValue } from "./concurrent";
import { bytesOf, packed, unpacked } from "./packing";

/** One of the values that people have to choose from. */
export interface Side {
  /** `client:clock` of the write. */
  readonly id: string;
  readonly user: string | null;
  readonly name: string;
  /** A value of the group; for the group `del` a tombstone or `false`. */
  readonly value: Json;
}

export interface ConflictRecord {
  readonly element: string;
  readonly group: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Conflicts of one merge share it: they can be resolved together. */
  readonly batch: string;
  readonly sides: readonly Side[];
  /** Id of the value that stood when the record was written; a later one resolves the conflict. */
  readonly shown: string;
  /** For deletion against edit: the groups that were edited. */
  readonly edited: readonly string[];
}

const VERSION = 1;
const MAX_NAME_LENGTH = 80;
const MAX_EDITED = 200;

/** The key of a record. */
export function recordKey(element: string, group: string): string {
  return `${element}/${group}`;
}

/**
 * A record as it stands in the document; `null` when it cannot hold two of its sides. It is written
 * at once, in an update of at most `maxUpdateBytes`.
 */
export function encodeRecord(record: ConflictRecord, maxUpdateBytes: number): Json {
  const edited = record.edited.slice(0, MAX_EDITED);
  const rest = { v: VERSION, ...record, sides: [], edited };
  const sides = packed(record.sides, record.shown, maxUpdateBytes - bytesOf(rest));
  return sides.length < 2 ? null : { ...rest, sides };
}

/** Reads a record that anybody may have written; `null` when it is not one. */
export function decodeRecord(key: string, stored: unknown): ConflictRecord | null {
  if (!isRecord(stored) || stored.v !== VERSION || !Array.isArray(stored.sides)) return null;
  const { element, group, at, batch, shown, edited } = stored;
  if (typeof element !== "string" || typeof group !== "string") return null;
  if (key !== recordKey(element, group) || typeof shown !== "string") return null;
  const sides = stored.sides.map(decodeSide).filter((side) => side !== null);
  if (sides.length < 2) return null;
  return {
    element,
    group,
    at: typeof at === "number" ? at : 0,
    batch: typeof batch === "string" ? batch : "",
    sides,
    shown,
    edited: Array.isArray(edited) ? edited.map(String) : [],
  };
}

/** Reads one side; `null` when it is none. */
export function decodeSide(stored: unknown): Side | null {
  if (!isRecord(stored) || typeof stored.id !== "string") return null;
  const value = unpacked(stored);
  if (value === undefined) return null;
  const user = typeof stored.user === "string" ? stored.user : null;
  const name = typeof stored.name === "string" ? shortened(stored.name, MAX_NAME_LENGTH) : "";
  return { id: stored.id, user, name: name || t("Guest"), value };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A side with the name of its author, as far as the document knows them. */
export function sideOf(doc: Y.Doc, written: WrittenValue, value = written.value): Side {
  const author: unknown = doc.getMap("authors").get(String(written.id.client));
  const { user, name } = isRecord(author) ? author : {};
  return {
    id: nameOfId(written.id),
    user: typeof user === "string" ? user : null,
    name: typeof name === "string" ? shortened(name, MAX_NAME_LENGTH) : "Guest",
    value: value ?? null,
  };
}

/**
 * A side with its author's name as the document gives it, if it does: the server lets nobody but the
 * owner of a client id write that, while the name in a record is the word of whoever wrote it.
 */
export function withAuthor(doc: Y.Doc, side: Side): Side {
  const author: unknown = doc.getMap("authors").get(String(clientOf(side)));
  if (!isRecord(author) || author.user !== side.user || typeof author.name !== "string")
    return side;
  return { ...side, name: shortened(author.name, MAX_NAME_LENGTH) };
}

/** The write that gave a side its value. */
export function writeIdOf({ id }: Pick<Side, "id">): WriteId {
  const [client = Number.NaN, clock = Number.NaN] = id.split(":").map(Number);
  return { client, clock };
}

/** The client id of a side. */
function clientOf(side: Pick<Side, "id">): number {
  return writeIdOf(side).client;
}

/**
 * One record for what two replicas noticed at the same moment, with the sides of both. The same
 * whichever is which: both may join the two, and must not answer each other for ever.
 */
export function mergeRecords(one: ConflictRecord, other: ConflictRecord): ConflictRecord {
  const [first, second] = one.batch <= other.batch ? [one, other] : [other, one];
  const sides = [...first.sides, ...second.sides].sort(
    (a, b) => clientOf(a) - clientOf(b) || writeIdOf(a).clock - writeIdOf(b).clock,
  );
  return {
    ...first,
    at: Math.min(first.at, second.at),
    sides: mergeSides([], sides),
    edited: [...new Set([...first.edited, ...second.edited])].sort(),
  };
}

/**
 * All sides of two records of one conflict. A client's newer value takes the place of its older, but
 * not one that only repeats what somebody else wrote: so does a page that makes the online value
 * stand, and that is no choice of its person.
 */
export function mergeSides(known: readonly Side[], added: readonly Side[]): Side[] {
  const all = [...known, ...added];
  const isRepeated = (side: Side) =>
    all.some((one) => clientOf(one) !== clientOf(side) && equalJson(one.value, side.value));
  const sides = new Map<number, Side>();
  for (const side of all) {
    const client = clientOf(side);
    if (!sides.has(client) || !isRepeated(side)) sides.set(client, side);
  }
  return [...sides.values()];
}

/** The id of the current value of a key; empty when there is none. */
export function currentId(map: Y.Map<Json>, key: string): string {
  const item = map._map.get(key);
  return item && !item.deleted ? nameOfId(lastId(item)) : "";
}

/** Whether nobody has decided yet: the value that stood is still the current one. */
export function isOpen(doc: Y.Doc, { element, group, shown }: ConflictRecord): boolean {
  const map = elementMap(doc, element);
  if (!map) return false;
  const isDeleted = Boolean(map.get("del"));
  return (group === "del" || !isDeleted) && currentId(map, group) === shown;
}
