/**
 * Deletion against edit. They are writes to different keys, so a tombstone says what its writer had
 * seen: for every client that wrote one of the element's values, how far. A value beyond that was
 * written without knowledge of the deletion's writer, on whichever replica one looks.
 */
import type * as Y from "yjs";
import { isTombstone } from "../canvas/decode";
import { isObject, type Json } from "../canvas/groups";
import { lastId, readItem, type WriteId, type WrittenValue } from "./concurrent";
import { chosenItems, isDerived } from "./groups";

/** Client id → clock; the values of that client below the clock were seen. */
export type Seen = { [client: string]: number };

/** What the writer of a tombstone has seen of the element. */
export function seenOf(element: Y.Map<Json>): Seen {
  const seen: Seen = {};
  for (const [, item] of chosenItems(element)) {
    const { client, clock } = lastId(item);
    seen[client] = Math.max(seen[client] ?? 0, clock + 1);
  }
  return seen;
}

/** What the writer of a tombstone had seen; `null` when it does not say, or is no tombstone. */
export function seenBy(tombstone: Json | undefined): Seen | null {
  if (!isTombstone(tombstone) || !isObject(tombstone) || !isObject(tombstone.seen)) return null;
  const entries = Object.entries(tombstone.seen);
  return Object.fromEntries(entries.filter((entry) => typeof entry[1] === "number")) as Seen;
}

/** What one of two people had seen. */
export function jointlySeen(one: Seen, other: Seen): Seen {
  const joint = { ...one };
  for (const [client, clock] of Object.entries(other)) {
    joint[client] = Math.max(joint[client] ?? 0, clock);
  }
  return joint;
}

export function isSeen(seen: Seen, { client, clock }: WriteId): boolean {
  return clock < (seen[client] ?? 0);
}

/** A value that somebody gave to a chosen group. */
export interface Edit extends WrittenValue {
  readonly key: string;
}

/** The values that an element has now. */
export function currentEdits(element: Y.Map<Json>): Edit[] {
  return [...chosenItems(element)].map(([key, item]) => ({ key, ...readItem(item) }));
}

/** The current value of a key. */
export function currentWrite(element: Y.Map<Json>, key: string): WrittenValue | null {
  const item = element._map.get(key);
  return item && !item.deleted ? readItem(item) : null;
}

/** Groups of a deleted element with values that its tombstone's writer had not seen. */
export function unseenEdits(element: Y.Map<Json>): string[] {
  const seen = seenBy(element.get("del"));
  if (seen === null) return [];
  return currentEdits(element)
    .filter(({ key, id }) => !isSeen(seen, id) && !isDerived(element, key))
    .map(({ key }) => key);
}
