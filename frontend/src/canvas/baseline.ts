/**
 * What was last exchanged about each element. Local changes are found by comparing the editor with
 * this, never with the document: the difference is then exactly what the user did, and a value that
 * came from the document cannot be mistaken for an edit, however late the editor reports it.
 */
import { isTombstone } from "./decode";
import type { Groups, Json } from "./groups";

/** Both sides of one element at the last exchange. */
export interface Baseline {
  /** The editor's version and nonce: equal means that nothing was touched since. */
  version: number;
  nonce: number;
  /** The document's groups. The values belong to the document and are never changed in place. */
  shared: Groups;
  /** The groups of what the editor shows; `null` while it does not show the element at all. */
  shown: Groups | null;
  /** Groups that are shown differently on purpose: repaired indices, references into nowhere. */
  masked: Set<string>;
}

export type Baselines = Map<string, Baseline>;

/** The baseline of an element of which nothing was shown yet. */
export function newBaseline(shared: Groups = {}): Baseline {
  return { version: 0, nonce: 0, shared, shown: null, masked: new Set() };
}

/** Sets a group, or removes it when the value is `undefined`. */
export function assignGroup(groups: Groups, key: string, value: Json | undefined): void {
  if (value === undefined) delete groups[key];
  else groups[key] = value;
}

/** Document groups in the form that `encodeGroups` gives, so that the two can be compared. */
export function asShown(shared: Groups): Groups {
  return { ...shared, del: isTombstone(shared.del) };
}
