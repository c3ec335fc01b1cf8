/** Which groups of an element people can disagree about. */
import * as Y from "yjs";
import { CHOSEN_GROUPS, equalJson, hasPath, type Json } from "../canvas/groups";

type ElementMap = Y.Map<Json>;

/** Groups that the editor computes for whatever is bound to something else. */
const FOLLOWING = new Set(["pos", "path"]);

/** Whether a map is that of an element, and the key one that is watched for conflicts. */
export function isChosenGroup(parent: Y.AbstractType<unknown>, key: string): boolean {
  return CHOSEN_GROUPS.has(key) && elementIdOf(parent) !== null;
}

/** The id of the element whose map this is; `null` for every other type. */
export function elementIdOf(parent: Y.AbstractType<unknown> | ElementMap): string | null {
  const item = parent._item;
  if (!(parent instanceof Y.Map) || item === null) return null;
  return item.parent === parent.doc?.getMap("elements") ? item.parentSub : null;
}

/**
 * Whether the value follows from another element: a text inside a shape and an arrow between shapes
 * are moved by the editor. Such values merge silently.
 */
export function isDerived(element: ElementMap, key: string): boolean {
  if (!FOLLOWING.has(key)) return false;
  if (typeof element.get("containerId") === "string") return true;
  if (!hasPath(String(element.get("type")))) return false;
  return Boolean(element.get("startBinding") ?? element.get("endBinding"));
}

/** Whether two values of a group mean the same to a person. */
export function isSameValue(key: string, a: Json | undefined, b: Json | undefined): boolean {
  if (key !== "text") return equalJson(a, b);
  // Line breaks and measures follow from the words, the font and the width.
  return equalJson(wordsOf(a), wordsOf(b));
}

/** The words of a `text` value as they were typed. */
export function wordsOf(value: Json | undefined): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { originalText, text } = value;
  return typeof originalText === "string" ? originalText : typeof text === "string" ? text : null;
}

/** Chosen groups that an element has now, with the items that hold their values. */
export function* chosenItems(element: ElementMap): Generator<[string, Y.Item]> {
  for (const [key, item] of element._map) {
    if (CHOSEN_GROUPS.has(key) && !item.deleted) yield [key, item];
  }
}
