/** Reads one element of the document. */
import * as Y from "yjs";
import type { Groups, Json } from "./groups";

/** The map of an element; `null` also when something else stands in its place. */
export function elementMap(doc: Y.Doc, id: string): Y.Map<Json> | null {
  const map: unknown = doc.getMap("elements").get(id);
  return map instanceof Y.Map ? (map as Y.Map<Json>) : null;
}

/** The groups of an element, without what is no plain value; `null` when there is no element. */
export function readGroups(doc: Y.Doc, id: string): Groups | null {
  const map = elementMap(doc, id);
  if (!map) return null;
  const groups: Groups = {};
  for (const [key, value] of map.entries()) {
    if (!(value instanceof Y.AbstractType)) groups[key] = value;
  }
  return groups;
}
