/**
 * Deletion against edit. They are writes to different keys, so a tombstone says what its writer had
 * seen: for every client that wrote one of the element's values, how far. A value beyond that was
 * written without knowledge of the deletion's writer, on whichever replica one looks.
 */
import type * as Y from "yjs";
import { isTombstone } from "../canvas/decode";
import { isObject, type Json } from "../canvas/groups";
import { lastId, type WriteId } from "./concurrent";
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

/** The values of a deleted element that its tombstone's writer had not seen; empty if it lives. */
export function unseenEdits(element: Y.Map<Json>): [string, Y.Item][] {
  const tombstone = element.get("del");
  // A program that does not say what it had seen; then nothing can be told.
  if (tombstone === undefined || seenBy(tombstone) === null) return [];
  return [...chosenItems(element)].filter(
    ([key, item]) => !hasSeen(tombstone, lastId(item)) && !isDerived(element, key),
  );
}

/** Whether the writer of a tombstone had seen a value; nobody has who did not delete. */
export function hasSeen(tombstone: Json, { client, clock }: WriteId): boolean {
  const reach = seenBy(tombstone)?.[client];
  return typeof reach === "number" && clock < reach;
}

function seenBy(tombstone: Json): { [client: string]: Json } | null {
  if (!isTombstone(tombstone) || !isObject(tombstone)) return null;
  const { seen } = tombstone;
  return isObject(seen) ? seen : null;
}
