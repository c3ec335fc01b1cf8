/** Steps of undo and redo, as the editor's history records and applies them. */
import { generateKeyBetween } from "fractional-indexing";
import * as Y from "yjs";
import { equalJson, propertyGroup, type SceneElement } from "../../src/canvas/groups";
import type { Delta, HistoryEntry } from "../../src/undo/entry";
import type { Properties } from "./fakeEditor";

export function emptyEntry(): HistoryEntry {
  return { elementsChange: { added: new Map(), removed: new Map(), updated: new Map() } };
}

export function place({ elementsChange }: HistoryEntry, id: string, delta: Delta): void {
  const { added, removed, updated } = elementsChange;
  const [was, becomes] = [Boolean(delta.deleted.isDeleted), Boolean(delta.inserted.isDeleted)];
  (was === becomes ? updated : becomes ? removed : added).set(id, delta);
}

/** `id/key` of what a step changes. */
export function valuesOf({ elementsChange }: HistoryEntry): Set<string> {
  const names = new Set<string>();
  for (const deltas of Object.values(elementsChange)) {
    for (const [id, { deleted, inserted }] of deltas) {
      for (const property of Object.keys(inserted)) {
        if (property in deleted && equalJson(deleted[property], inserted[property])) continue;
        const key = propertyGroup(String(inserted.type ?? ""), property);
        if (key !== null && key !== "type") names.add(`${id}/${key}`);
      }
    }
  }
  return names;
}

export function pick(element: SceneElement, properties: readonly string[]): Properties {
  return Object.fromEntries(properties.map((property) => [property, element[property]]));
}

type Bound = readonly { readonly id: string }[];

/** The editor takes from what is bound to an element, and adds to it, what its step did. */
export function mergedBound(
  element: SceneElement,
  deleted: Properties,
  inserted: Properties,
): Properties {
  if (!("boundElements" in inserted)) return {};
  const [now, gone, back] = [element, deleted, inserted].map(
    ({ boundElements }) => (boundElements ?? []) as Bound,
  );
  const merged = new Map(now?.map((one) => [one.id, one]));
  for (const { id } of gone ?? []) if (!back?.some((one) => one.id === id)) merged.delete(id);
  for (const one of back ?? []) if (!gone?.some(({ id }) => id === one.id)) merged.set(one.id, one);
  return { boundElements: [...merged.values()] };
}

export function contentOf(item: Y.Item): unknown {
  return item.content instanceof Y.ContentAny ? item.content.arr[0] : true;
}

/** An index between two neighbours, as the editor makes it: equal ones come from two editors. */
export function indexAt(scene: readonly SceneElement[], place: number): string {
  return generateKeyBetween(scene[place - 1]?.index ?? null, scene[place]?.index ?? null);
}
