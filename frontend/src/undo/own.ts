/**
 * Undo is one's own, value by value: a step of the editor's history changes a value only if this
 * person was the last to write it, and if it is still what that step left. A creation that others
 * have changed or built on since is not taken back without asking.
 */
import type * as Y from "yjs";
import { BOUND_PREFIX, equalJson, propertyGroup, type SceneElement } from "../canvas/groups";
import { targetOf } from "../canvas/references";
import { elementMap } from "../canvas/shared";
import type { Delta, HistoryEntry } from "./entry";
import type { Writers } from "./writers";

/** What a step left undone. */
export interface Withheld {
  /** Elements that were not removed, because others have changed them or built on them. */
  readonly kept: readonly string[];
  /** Elements with values that others have written since. */
  readonly changed: readonly string[];
}

const REFERENCES = ["containerId", "frameId", "startBinding", "endBinding"] as const;

/** Takes out of `entry`, in place, what is not this person's to change, and says what that was. */
export function keepForeign(
  entry: HistoryEntry,
  scene: ReadonlyMap<string, SceneElement>,
  doc: Y.Doc,
  writers: Writers,
): Withheld {
  const { added, removed, updated } = entry.elementsChange;
  const kept = keepRemoved(new Set(removed.keys()), scene, doc, writers);
  for (const id of kept) removed.delete(id);
  const changed: string[] = [];
  for (const deltas of [added, removed, updated]) {
    for (const [id, delta] of deltas) {
      dropUnchanged(delta);
      keepBound(id, delta, kept, writers);
      keepPicture(delta, scene.get(id));
      if (keepValues(id, delta, scene.get(id), writers)) changed.push(id);
      // Neither comes back nor goes whom somebody else has deleted, or brought back, since.
      const isWhole = deltas === updated || "isDeleted" in delta.inserted;
      if (!isWhole || isEmpty(delta)) deltas.delete(id);
    }
  }
  return { kept: [...kept], changed };
}

/**
 * The editor compares values by identity, and counts equal points as changed. To undo a colour would
 * bring back the points of that time, though they have been drawn again since.
 */
function dropUnchanged({ deleted, inserted }: Delta): void {
  for (const property of Object.keys(inserted)) {
    if (!(property in deleted) || !equalJson(deleted[property], inserted[property])) continue;
    delete deleted[property];
    delete inserted[property];
  }
}

function isEmpty({ deleted, inserted }: Delta): boolean {
  return Object.keys(deleted).length + Object.keys(inserted).length === 0;
}

/** Of the elements that a step would remove, those that are not only this person's any more. */
function keepRemoved(
  removed: ReadonlySet<string>,
  scene: ReadonlyMap<string, SceneElement>,
  doc: Y.Doc,
  writers: Writers,
): Set<string> {
  const kept = new Set<string>();
  if (removed.size === 0) return kept;
  for (const id of removed) {
    if (writers.isForeign(id, "del") || writers.isChangedSince(id)) kept.add(id);
  }
  // What others put into a frame, write in a shape or bind to it keeps it, and so does what is kept.
  let before = -1;
  while (kept.size !== before) {
    before = kept.size;
    for (const { id, isDeleted } of scene.values()) {
      if (isDeleted || (removed.has(id) && !kept.has(id))) continue;
      for (const [key, target] of referencesOf(doc, id)) {
        if (!removed.has(target)) continue;
        if (kept.has(id) || writers.isWrittenSince(id, key, target)) kept.add(target);
      }
    }
  }
  return kept;
}

function* referencesOf(doc: Y.Doc, id: string): Iterable<[string, string]> {
  const map = elementMap(doc, id);
  if (!map) return;
  for (const key of REFERENCES) {
    const target = targetOf(map.get(key));
    if (target !== null) yield [key, target];
  }
}

/**
 * What stays keeps its place in the list of what is bound to its container, and so does what others
 * have bound to it, or taken off.
 */
function keepBound(
  id: string,
  { deleted, inserted }: Delta,
  kept: ReadonlySet<string>,
  writers: Writers,
): void {
  for (const side of [deleted, inserted]) {
    if (!Array.isArray(side.boundElements)) continue;
    side.boundElements = side.boundElements.filter(
      (bound: { id: string }) =>
        !kept.has(bound.id) && !writers.isForeign(id, BOUND_PREFIX + bound.id),
    );
  }
}

/** An image that was undone while its picture was read has got it since. */
function keepPicture({ deleted, inserted }: Delta, element: SceneElement | undefined): void {
  if (inserted.fileId !== null || !element?.fileId) return;
  for (const part of ["fileId", "x", "y", "width", "height"]) {
    delete deleted[part];
    delete inserted[part];
  }
}

/** Removes the values of others from one element's step; returns whether there were any. */
function keepValues(
  id: string,
  { deleted, inserted }: Delta,
  element: SceneElement | undefined,
  writers: Writers,
): boolean {
  let isKept = false;
  const properties = new Set([...Object.keys(deleted), ...Object.keys(inserted)]);
  const groups = new Map<string, string[]>();
  for (const property of properties) {
    const group = propertyGroup(element?.type ?? String(inserted.type ?? ""), property);
    if (group !== null) groups.set(group, [...(groups.get(group) ?? []), property]);
  }
  for (const [group, parts] of groups) {
    const isLeft = parts.every((part) => !element || equalJson(element[part], deleted[part]));
    if (!writers.isForeign(id, group) && (isLeft || !writers.isContested(id, group))) continue;
    // Nobody misses what would not change.
    if (parts.some((part) => !element || !equalJson(element[part], inserted[part]))) isKept = true;
    for (const part of parts) {
      delete deleted[part];
      delete inserted[part];
    }
  }
  return isKept;
}
