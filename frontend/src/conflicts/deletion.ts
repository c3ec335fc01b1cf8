/**
 * Deletion against edit. They are writes to different keys, so a tombstone says what its writer had
 * seen: for every client that wrote one of the element's values, how far. A value beyond that was
 * written without knowledge of the deletion's writer, on whichever replica one looks.
 */
import type * as Y from "yjs";
import { isTombstone } from "../canvas/decode";
import type { Json } from "../canvas/groups";
import { lastId } from "./concurrent";
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
  if (!isTombstone(tombstone) || typeof tombstone !== "object" || tombstone === null) return [];
  if (Array.isArray(tombstone)) return [];
  const { seen } = tombstone;
  // Written by a program that does not say; then nothing can be told.
  if (typeof seen !== "object" || seen === null || Array.isArray(seen)) return [];
  return [...chosenItems(element)].filter(([key, item]) => {
    const { client, clock } = lastId(item);
    const reach = seen[client];
    return clock >= (typeof reach === "number" ? reach : 0) && !isDerived(element, key);
  });
}
