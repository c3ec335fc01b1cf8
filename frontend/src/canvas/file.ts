/**
 * Elements as they stand in files, and the groups of the document: the page's half of
 * `sync/drawing/elements.py`. What the editor does not know is kept both ways.
 */
import { editorKeys } from "../../../sync/drawing/element_bounds.json";
import { mayHold } from "./bounds";
import { decodeGroups, isTombstone } from "./decode";
import {
  BOUND_PREFIX,
  encodeGroups,
  type Groups,
  hasPath,
  isDrawnType,
  isKnownType,
  isObject,
  isSingleKey,
  isUnknownProperty,
  type Json,
  OTHER_PREFIX,
  PATH_KEYS,
  type SceneElement,
  TEXT_KEYS,
  UNKNOWN,
} from "./groups";
import { withUnknown } from "./unknown";

/** An element of a file, as its editor wrote it. */
export type FileElement = { readonly [property: string]: Json };

/** Brings elements of any age into the editor's present form; leaves out what it cannot show. */
export type RestoreAll = (elements: readonly FileElement[]) => SceneElement[];

const SIZE = ["width", "height"];
/** Properties of these names stand under `other:`, whatever the element's type. */
const NAMES_OF_GROUPS = ["pos", "size", "path", "del"];
const NEVER_OTHER = new Set([
  ...["id", "type", "index", "isDeleted", "version", "versionNonce", "updated"],
  ...["x", "y", ...SIZE, UNKNOWN],
]);
const OLD_TYPES = ["draw", "selection"];
/** A stand-in for an element of a type that the editor does not know. */
const STAND_IN = "rectangle";

/** The element of a file that groups stand for, with everything that they hold. */
export function toFile(id: string, groups: Groups): FileElement {
  const element: { [property: string]: Json } = {};
  for (const [key, value] of Object.entries(groups)) {
    if (isSingleKey(key) || isUnknownProperty(key)) element[key] = value;
  }
  pair(element, ["x", "y"], groups.pos);
  pair(element, SIZE, groups.size);
  for (const [key, parts] of [
    ["path", PATH_KEYS],
    ["text", TEXT_KEYS],
  ] as const) {
    const record = groups[key];
    if (!isObject(record)) continue;
    for (const part of parts) {
      const value = record[part];
      if (value !== undefined) element[part] = value;
    }
  }
  for (const [key, value] of Object.entries(groups)) {
    if (key.startsWith(OTHER_PREFIX)) element[key.slice(OTHER_PREFIX.length)] = value;
  }
  return {
    boundElements: boundIn(groups),
    ...element,
    id,
    isDeleted: isTombstone(groups.del),
    version: 1,
    versionNonce: 0,
    updated: 1,
  };
}

/** The groups of an element of a file. */
export function fromFile(whole: FileElement): Groups {
  const type = String(whole.type);
  const [element, others] = parted(whole);
  const groups: Groups = encodeGroups(element as unknown as SceneElement);
  if (!isDrawnType(type)) Object.assign(groups, placeOf(element));
  for (const [property, value] of Object.entries(element)) {
    if (isUnknownProperty(property)) groups[property] = value;
  }
  // A newer editor may give these to elements of any type.
  if (!hasPath(type)) Object.assign(groups, recordOf("path", PATH_KEYS, element));
  if (type !== "text") Object.assign(groups, recordOf("text", TEXT_KEYS, element));
  return { ...groups, ...others };
}

/** An element without what no key of its name can hold, and the keys that hold that instead. */
function parted(element: FileElement): [FileElement, Groups] {
  const kept: { [property: string]: Json } = {};
  const others: Groups = {};
  const isKnown = isKnownType(String(element.type));
  for (const [property, value] of Object.entries(element)) {
    if (isMisfit(property, value, isKnown)) others[OTHER_PREFIX + property] = value;
    else kept[property] = value;
  }
  return [kept, others];
}

function isMisfit(property: string, value: Json, isKnown: boolean): boolean {
  if (property.startsWith(BOUND_PREFIX) || property.startsWith(OTHER_PREFIX)) return true;
  if (NAMES_OF_GROUPS.includes(property)) return true;
  if (isKnown || NEVER_OTHER.has(property)) return false;
  if (property === "boundElements") return !areBound(value);
  return editorKeys.includes(property) || !mayHold(property, value);
}

function areBound(value: Json): boolean {
  const isBound = (one: Json) =>
    isObject(one) &&
    Object.keys(one).sort().join() === "id,type" &&
    Object.values(one).every(isText);
  return value === null || (Array.isArray(value) && value.every(isBound));
}

function isText(value: Json): boolean {
  return typeof value === "string";
}

/**
 * The elements of a file as the scene shows them, each carrying what the editor does not know of
 * it. Deleted ones are left out, and what the editor cannot show of the types that it knows.
 */
export function shownElements(
  elements: readonly FileElement[],
  restoreAll: RestoreAll,
  newId: () => string,
): SceneElement[] {
  const living = withOwnIds(elements.filter(isLiving), newId);
  const originals = new Map(living.map((one) => [one.id, one]));
  const groupsOf = new Map<string, Groups>();
  const decoded: FileElement[] = [];
  for (const restored of restoreAll(living.map(standIn))) {
    const original = originals.get(restored.id);
    const groups = fromFile(original ? withNewer(restored, original) : inFile(restored));
    const properties = decodeGroups(groups);
    if (!properties || restored.isDeleted) continue;
    groupsOf.set(restored.id, groups);
    decoded.push({ ...(properties as FileElement), id: restored.id, index: restored.index });
  }
  return restoreAll(decoded).map((shown) => withUnknown(shown, groupsOf.get(shown.id) ?? {}));
}

function isLiving(element: FileElement): boolean {
  return isObject(element as Json) && typeof element.type === "string" && !element.isDeleted;
}

/** Elements that share an id, or have none, get one of their own, as in the editor. */
function withOwnIds(elements: readonly FileElement[], newId: () => string): FileElement[] {
  const taken = new Set<Json>();
  return elements.map((element) => {
    const id = typeof element.id === "string" && element.id ? element.id : newId();
    const own = taken.has(id) ? newId() : id;
    taken.add(own);
    return own === element.id ? element : { ...element, id: own };
  });
}

/** What the editor made of an element, with what it does not know and would change. */
function withNewer(restored: SceneElement, original: FileElement): FileElement {
  if (!isRestored(original)) return { ...original, ...referencesOf(restored) };
  const bindings: { [key: string]: Json } = {};
  for (const key of ["startBinding", "endBinding"]) {
    const binding = original[key];
    // Newer editors say how an arrow is bound; the rest follows from that.
    if (restored[key] && isObject(binding) && "mode" in binding) bindings[key] = binding;
  }
  return { ...inFile(restored), ...bindings };
}

function inFile(element: SceneElement): FileElement {
  return element as unknown as FileElement;
}

/** The font of a text of 2020: the editor needs its size to tell the height of a line. */
function fontOf({ type, font }: FileElement): FileElement {
  if (type !== "text" || typeof font !== "string") return {};
  const size = Number.parseFloat(font);
  return Number.isFinite(size) ? { fontSize: size } : {};
}

/** What the editor is given in place of an element, to bring it into its present form. */
function standIn(element: FileElement): FileElement {
  if (isRestored(element)) return { ...element, ...fontOf(element) };
  const { x, y, width, height, boundElements, frameId, groupIds, id } = element;
  const size = { width: numberOr(width, 100) || 100, height: numberOr(height, 100) || 100 };
  const references: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries({ boundElements, frameId, groupIds, id })) {
    if (value !== undefined) references[key] = value;
  }
  return { ...references, ...size, x: numberOr(x, 0), y: numberOr(y, 0), type: STAND_IN };
}

/** Old names of types among them: the editor knows what became of these. */
function isRestored({ type }: FileElement): boolean {
  return typeof type === "string" && (isDrawnType(type) || OLD_TYPES.includes(type));
}

/** A newer editor may leave these out. */
function placeOf({ x, y, width, height }: FileElement): Groups {
  return {
    pos: [numberOr(x, 0), numberOr(y, 0)],
    size: [numberOr(width, 0), numberOr(height, 0)],
  };
}

function referencesOf({ boundElements, frameId, groupIds }: SceneElement): FileElement {
  return { boundElements, frameId, groupIds } as unknown as FileElement;
}

function recordOf(key: string, parts: readonly string[], element: FileElement): Groups {
  const present = parts.filter((part) => !SIZE.includes(part) && element[part] !== undefined);
  if (present.length === 0) return {};
  return { [key]: Object.fromEntries(present.map((part) => [part, element[part] ?? null])) };
}

function boundIn(groups: Groups): Json {
  const bound = Object.keys(groups)
    .filter((key) => key.startsWith(BOUND_PREFIX))
    .sort()
    .map((key) => ({ id: key.slice(BOUND_PREFIX.length), type: groups[key] ?? null }));
  return bound.length > 0 ? bound : null;
}

function pair(element: { [key: string]: Json }, names: readonly string[], value?: Json): void {
  if (!Array.isArray(value) || value.length !== 2) return;
  for (const [at, name] of names.entries()) element[name] = value[at] ?? null;
}

function numberOr(value: Json | undefined, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}
