/**
 * What the server has, and what it does not have yet.
 *
 * The server tells in message 100 which state it has committed. Everything that it sent itself it
 * had committed before. What lies beyond is not saved, whoever wrote it and in whichever session:
 * counting it from the document itself makes the number survive a reload, which changes the
 * client id.
 */
import * as Y from "yjs";
import type { Groups } from "../canvas/groups";
import { elementMap } from "../canvas/shared";

/** Client id → number of committed structs, as a Yjs state vector. */
export type StateVector = Map<number, number>;

/** Raises `target` to everything that `source` knows. Returns whether anything was new. */
export function raise(target: StateVector, source: ReadonlyMap<number, number>): boolean {
  let isRaised = false;
  for (const [client, clock] of source) {
    if (clock > (target.get(client) ?? 0)) {
      target.set(client, clock);
      isRaised = true;
    }
  }
  return isRaised;
}

/** The state that an update reaches, client by client. Not a full state vector. */
export function reachOf(update: Uint8Array): ReadonlyMap<number, number> {
  return Y.parseUpdateMeta(update).to;
}

export interface Unsaved {
  /** Whether the server lacks anything at all. */
  readonly isUnsaved: boolean;
  /** How many things a person would count: elements, images, or settings of the board. */
  readonly changes: number;
}

/** What the document holds beyond the committed state. */
export function unsavedChanges(doc: Y.Doc, committed: ReadonlyMap<number, number>): Unsaved {
  const { names, isUnsaved } = unsavedNames(doc, committed);
  // Something is on its way even when it is nothing that a person would count.
  return { isUnsaved, changes: Math.max(names.size, isUnsaved ? 1 : 0) };
}

const ELEMENT = "elements/";

/** The elements that hold something beyond the committed state, by their ids. */
export function unsavedElements(
  doc: Y.Doc,
  committed: ReadonlyMap<number, number>,
): Map<string, Groups> {
  const found = new Map<string, Groups>();
  for (const name of unsavedNames(doc, committed).names) {
    if (!name.startsWith(ELEMENT)) continue;
    const id = name.slice(ELEMENT.length);
    const groups = elementMap(doc, id)?.toJSON() as Groups | undefined;
    if (groups) found.set(id, groups);
  }
  return found;
}

function unsavedNames(doc: Y.Doc, committed: ReadonlyMap<number, number>) {
  const names = new Set<string>();
  let isUnsaved = false;
  for (const [client, structs] of doc.store.clients) {
    const from = committed.get(client) ?? 0;
    const last = structs.at(-1);
    if (!last || last.id.clock + last.length <= from) continue;
    isUnsaved = true;
    for (let i = Y.findIndexSS(structs, from); i < structs.length; i += 1) {
      const struct = structs[i];
      const name = struct instanceof Y.Item ? nameOf(doc, struct) : null;
      if (name !== null) names.add(name);
    }
  }
  return { names, isUnsaved };
}

/** `elements/<id>` for whatever belongs to an element, `<root>/<key>` otherwise. */
function nameOf(doc: Y.Doc, item: Y.Item): string | null {
  const parent = item.parent;
  if (!(parent instanceof Y.AbstractType)) return null;
  const outer = parent._item;
  if (outer !== null) return outer.parentSub === null ? null : `elements/${outer.parentSub}`;
  if (item.parentSub === null || parent === doc.share.get("authors")) return null;
  if (item.parentSub === "schema") return null;
  const root = [...doc.share].find(([, type]) => type === parent)?.[0];
  return root === undefined ? null : `${root}/${item.parentSub}`;
}
