/**
 * The group model: how one canvas element is split into the keys of its Y.Map.
 *
 * One key is one unit of merge. What one gesture writes together, and what makes no sense mixed,
 * is one key (`pos`, `size`, `path`, `text`); every style property is its own key.
 * `version`, `versionNonce`, `updated`, `status` and `lastCommittedPoint` are never shared: they
 * are bookkeeping of one editor, and editors that share them would react to each other for ever.
 * Which keys there are stands in `sync/drawing/element_bounds.json`, which the server reads too.
 */
import {
  bookkeeping,
  boundPrefix,
  editorKeys,
  forbiddenNames,
  generic,
  otherPrefix,
  pathTypes,
  placeholderTypes,
  properties,
  groups as shared,
  types,
} from "../../../sync/drawing/element_bounds.json";
import { isLongerThan } from "../characters";

/** A plain value as it stands in the document. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Group key → value, all groups of one element. */
export type Groups = Record<string, Json>;

/** What the canvas parts need to know of an editor's element. */
export interface SceneElement {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly versionNonce: number;
  readonly index: string | null;
  readonly isDeleted: boolean;
  readonly [property: string]: unknown;
}

/** Keys of the container's map that name what is bound to it: `bound:<element id>`. */
export const BOUND_PREFIX = boundPrefix;

/** Of keys that hold a property of a file whose own key could not. */
export const OTHER_PREFIX = otherPrefix;

/** The parts of the group `path`. */
export const PATH_KEYS: readonly string[] = shared.path;

/** The parts of the group `text`. */
export const TEXT_KEYS: readonly string[] = shared.text;

/** Properties that are one key each and that every element may have. */
const grouped = new Set(Object.values(shared).flat());
const SINGLE_KEYS = Object.keys(properties).filter((key) => !grouped.has(key));
const singleKeys = new Set(SINGLE_KEYS);

const ownForm = new Set([...Object.keys(properties), ...editorKeys, ...Object.keys(shared), "del"]);

/** Whether a property of an element in a file is none that is known here, and has a key of its own. */
export function isUnknownProperty(property: string): boolean {
  return !ownForm.has(property) && !property.startsWith(OTHER_PREFIX) && isCarried(property);
}

/** Whether a key of an element's map is one property of the same name. */
export function isSingleKey(key: string): boolean {
  return singleKeys.has(key);
}

/** The key that holds a property of an element of this type; `null` if it is not shared as a value. */
export function propertyGroup(type: string, property: string): string | null {
  if (property === "isDeleted") return "del";
  if (shared.pos.includes(property)) return "pos";
  if (hasPath(type) && PATH_KEYS.includes(property)) return "path";
  if (type === "text" && TEXT_KEYS.includes(property)) return "text";
  if (shared.size.includes(property)) return "size";
  return isSingleKey(property) ? property : null;
}

/** What people choose; everything else is bookkeeping that the editor can put right by itself. */
export const CHOSEN_GROUPS: ReadonlySet<string> = new Set(
  [...Object.keys(shared), ...SINGLE_KEYS].filter((key) => !bookkeeping.includes(key)),
);

const drawnTypes = new Set(types.filter((type) => !placeholderTypes.includes(type)));

/** Whether the editor can draw elements of this type; of all others it gets a placeholder. */
export function isDrawnType(type: string): boolean {
  return drawnTypes.has(type);
}

/** Whether somebody here knows what elements of this type consist of. */
export function isKnownType(type: string): boolean {
  return types.includes(type);
}

/** Line, arrow and freehand stroke: their size follows from their points. */
export function hasPath(type: string): boolean {
  return pathTypes.includes(type);
}

/** Whether a value has keys of its own. */
export function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy that shares nothing with `value`; what JSON cannot say (undefined, functions) is left out. */
export function copyJson(value: unknown): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : 0;
  if (Array.isArray(value)) return value.map(copyJson);
  if (typeof value === "object") {
    const copy: { [key: string]: Json } = {};
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined && typeof item !== "function") copy[key] = copyJson(item);
    }
    return copy;
  }
  return null;
}

/** Deep equality of plain values; the order of object keys does not matter. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keysOfA = Object.keys(a);
  if (keysOfA.length !== Object.keys(b).length) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  return keysOfA.every((key) => Object.hasOwn(right, key) && equalJson(left[key], right[key]));
}

/**
 * The groups of an element, copied by value: editors change elements in place. What the editor does
 * not know of it, and nobody has changed, is among them as it stands in the document.
 */
export function encodeGroups(element: SceneElement): Groups {
  const groups = knownGroups(element);
  for (const [key, { value, shown }] of unknownValues(element)) {
    if (equalJson(groups[key], shown)) groups[key] = value;
  }
  return groups;
}

/** A value that the editor does not know, and what it shows in its place; nothing for most. */
export interface UnknownValue {
  readonly value: Json;
  readonly shown?: Json;
}

/** The property under which an element of the scene carries what the editor does not know of it. */
export const UNKNOWN = "canvas:unknown";

/** What an element carries of values that the editor does not know: see `unknown.ts`. */
export function unknownValues({ [UNKNOWN]: unknown }: SceneElement): [string, UnknownValue][] {
  if (typeof unknown !== "object" || unknown === null) return [];
  return Object.entries(unknown).filter(
    ([key, entry]) => isCarried(key) && isObject(entry) && entry.value !== undefined,
  );
}

/** Keys that are never carried: they have forms of their own, or objects have them already. */
const notCarried = new Set(["", "del", "index", UNKNOWN, ...forbiddenNames]);

/** Whether a value under this key can be carried. */
export function isCarried(key: string): boolean {
  return !notCarried.has(key) && !key.startsWith(BOUND_PREFIX) && !isLongerThan(key, generic.key);
}

/** The groups of what the editor itself shows of an element. */
export function knownGroups(element: SceneElement): Groups {
  const groups: Groups = {
    type: element.type,
    pos: [copyJson(element.x), copyJson(element.y)],
    del: element.isDeleted,
  };
  if (hasPath(element.type)) groups.path = pick(element, PATH_KEYS);
  else if (element.type === "text") groups.text = pick(element, TEXT_KEYS);
  else groups.size = [copyJson(element.width), copyJson(element.height)];
  for (const key of SINGLE_KEYS) {
    const value = element[key];
    if (value !== undefined && (key !== "index" || value !== null)) groups[key] = copyJson(value);
  }
  for (const bound of boundElementsOf(element)) groups[BOUND_PREFIX + bound.id] = bound.type;
  return groups;
}

/** What is bound to an element: arrows and at most one text. */
export interface BoundElement {
  readonly id: string;
  readonly type: "arrow" | "text";
}

/** The entries of `boundElements`, also when the property is missing. */
export function boundElementsOf(element: SceneElement): readonly BoundElement[] {
  return Array.isArray(element.boundElements) ? (element.boundElements as BoundElement[]) : [];
}

function pick(element: SceneElement, keys: readonly string[]): { [key: string]: Json } {
  const picked: { [key: string]: Json } = {};
  for (const key of keys) {
    if (element[key] !== undefined) picked[key] = copyJson(element[key]);
  }
  return picked;
}
