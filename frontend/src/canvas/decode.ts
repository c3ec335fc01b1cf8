/**
 * Groups → element properties. The document is written by other people's programs, so every value
 * is checked here before it reaches the editor; what does not fit is ignored, never thrown at.
 */
import { isUsableId, isUsableType, isWithinBounds, MAX_BOUND_ELEMENTS } from "./bounds";
import {
  BOUND_PREFIX,
  type BoundElement,
  copyJson,
  type Groups,
  hasPath,
  isDrawnType,
  isObject,
  isSingleKey,
  type Json,
} from "./groups";

/** Element properties to assign; a property that is `undefined` is to be removed. */
export type Patch = Record<string, unknown>;

type Check = (value: Json) => boolean;

const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isString: Check = (value) => typeof value === "string";
/** The editor and its images keep things by such names in plain objects. */
const isName: Check = (value) => typeof value === "string" && isUsableId(value);
const isBoolean: Check = (value) => typeof value === "boolean";
const isPair: Check = (value) =>
  Array.isArray(value) && value.length === 2 && value.every((item) => isNumber(item));
const isPlace: Check = (value) => isPair(value) && isWithinBounds("scale", value);
const oneOf =
  (...allowed: readonly Json[]): Check =>
  (value) =>
    allowed.includes(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

const ARROWHEADS = [
  null,
  "arrow",
  "bar",
  "dot",
  "circle",
  "circle_outline",
  "triangle",
  "triangle_outline",
  "diamond",
  "diamond_outline",
  "crowfoot_one",
  "crowfoot_many",
  "crowfoot_one_or_many",
] as const;

const isBinding: Check = (value) =>
  isObject(value) && isString(value.elementId ?? null) && isNumber(value.focus ?? null);
const isCrop: Check = (value) =>
  isObject(value) &&
  ["x", "y", "width", "height", "naturalWidth", "naturalHeight"].every((key) =>
    isNumber(value[key] ?? null),
  );

/** What the editor needs of a property beyond its bounds. */
const SINGLE_CHECKS: Record<string, Check> = {
  type: isString,
  seed: isNumber,
  angle: isNumber,
  strokeColor: isString,
  backgroundColor: isString,
  fillStyle: oneOf("hachure", "cross-hatch", "solid", "zigzag"),
  strokeWidth: isNumber,
  strokeStyle: oneOf("solid", "dashed", "dotted"),
  roughness: isNumber,
  opacity: isNumber,
  roundness: orNull((value) => isObject(value) && isNumber(value.type ?? null)),
  startArrowhead: oneOf(...ARROWHEADS),
  endArrowhead: oneOf(...ARROWHEADS),
  fontSize: isNumber,
  fontFamily: isNumber,
  textAlign: oneOf("left", "center", "right"),
  verticalAlign: oneOf("top", "middle", "bottom"),
  lineHeight: isNumber,
  index: isString,
  groupIds: (value) => Array.isArray(value) && value.every(isName),
  startBinding: orNull(isBinding),
  endBinding: orNull(isBinding),
  containerId: orNull(isName),
  frameId: orNull(isName),
  fileId: orNull(isName),
  scale: isPair,
  crop: orNull(isCrop),
  name: orNull(isString),
  link: orNull(isString),
  locked: isBoolean,
  customData: (value) => isObject(value),
};

/** How an element is shown whose type the editor cannot draw. */
const PLACEHOLDER = "rectangle";
const PLACEHOLDER_SIZE: Patch = { width: 100, height: 100 };

/** Properties that mean "none" when their key was removed from the document. */
const REMOVABLE = new Set(["customData"]);

const PATH_CHECKS: Record<string, Check> = {
  points: (value) => Array.isArray(value) && value.length > 0 && value.every(isPair),
  width: isNumber,
  height: isNumber,
  pressures: (value) => Array.isArray(value) && value.every(isNumber),
  simulatePressure: isBoolean,
  elbowed: isBoolean,
  fixedSegments: orNull((value) => Array.isArray(value) && value.every(isObject)),
  startIsSpecial: orNull(isBoolean),
  endIsSpecial: orNull(isBoolean),
};

/**
 * The optional parts of a path: those that a value leaves out must not stay behind from the value
 * before it, and the renderer needs the pressures of a stroke in any case.
 */
const PATH_DEFAULTS: Record<string, Patch> = {
  freedraw: { pressures: [], simulatePressure: true },
  arrow: {
    elbowed: false,
    fixedSegments: undefined,
    startIsSpecial: undefined,
    endIsSpecial: undefined,
  },
};

/** What the renderer cannot do without, for elements whose writer left it out. */
const TYPE_DEFAULTS: Record<string, Patch> = {
  text: { text: "", originalText: "", fontSize: 20, fontFamily: 5 },
  image: { fileId: null, scale: [1, 1] },
};

const TEXT_CHECKS: Record<string, Check> = {
  text: isString,
  originalText: isString,
  width: isNumber,
  height: isNumber,
  autoResize: isBoolean,
};

/** Whether a `del` value says "deleted": false and a missing key mean the element lives. */
export function isTombstone(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== false;
}

/**
 * The properties that one group stands for; `null` when the value does not fit and is to be ignored.
 * `value` is `undefined` when the key is missing. Keys of bound elements are not handled here,
 * because several of them make one property: see `decodeBound`.
 */
export function decodeGroup(type: string, key: string, value: Json | undefined): Patch | null {
  if (key === "del") return { isDeleted: isTombstone(value) };
  if (value === undefined) return REMOVABLE.has(key) ? { [key]: undefined } : null;
  if (key === "pos") return isPlace(value) ? pair("x", "y", value) : null;
  // The size of a text follows from its words.
  if (key === "size" && (hasPath(type) || type === "text")) return null;
  if (key === "size") return isPlace(value) ? pair("width", "height", value) : null;
  if (key === "path") return hasPath(type) ? decodePath(type, value) : null;
  if (key === "text") return type === "text" ? record(value, TEXT_CHECKS, "text") : null;
  if (!isSingleKey(key) || !isWithinBounds(key, value)) return null;
  return (SINGLE_CHECKS[key]?.(value) ?? true) ? { [key]: copyJson(value) } : null;
}

/** Whether a value stands under a key of the model and is ignored: see `decodeGroup`. */
export function isIgnored(type: string, key: string, value: Json | undefined): boolean {
  if (value === undefined || decodeGroup(type, key, value) !== null) return false;
  if (key === "size") return !hasPath(type) && type !== "text";
  if (key === "path") return hasPath(type);
  if (key === "text") return type === "text";
  return key === "pos" || isSingleKey(key);
}

/**
 * All properties of an element, or `null` when the groups do not even say what type it is, or name
 * one that may not be shown. One that the editor cannot draw is a placeholder.
 */
export function decodeGroups(groups: Groups): Patch | null {
  if (typeof groups.type !== "string" || !isUsableType(groups.type)) return null;
  const isDrawn = isDrawnType(groups.type);
  const type = isDrawn ? groups.type : PLACEHOLDER;
  const properties: Patch = {
    // A line without a place cannot be drawn at all.
    x: 0,
    y: 0,
    groupIds: [],
    ...(hasPath(type) ? { points: [], ...PATH_DEFAULTS[type] } : TYPE_DEFAULTS[type]),
    boundElements: decodeBound(groups, []),
  };
  for (const key of Object.keys(groups))
    Object.assign(properties, decodeGroup(type, key, groups[key]));
  properties.type = type;
  if (!isDrawn && !properties.width && !properties.height)
    Object.assign(properties, PLACEHOLDER_SIZE);
  return properties;
}

/** The bound elements that the groups name: those of `known` first and in their order, then by id. */
export function decodeBound(groups: Groups, known: readonly BoundElement[]): BoundElement[] {
  const bound = new Map<string, BoundElement>();
  for (const key of Object.keys(groups)) {
    const type = groups[key];
    if (key.startsWith(BOUND_PREFIX) && (type === "arrow" || type === "text")) {
      const id = key.slice(BOUND_PREFIX.length);
      if (isUsableId(id)) bound.set(id, { id, type });
    }
    if (bound.size >= MAX_BOUND_ELEMENTS) break;
  }
  const kept = known.filter((entry) => bound.get(entry.id)?.type === entry.type);
  for (const entry of kept) bound.delete(entry.id);
  const added = [...bound.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [...kept, ...added];
}

function pair(first: string, second: string, value: Json): Patch {
  const [a, b] = value as [number, number];
  return { [first]: a, [second]: b };
}

function decodePath(type: string, value: Json): Patch | null {
  const path = record(value, PATH_CHECKS, "points");
  return path && { ...PATH_DEFAULTS[type], ...path };
}

function record(value: Json, checks: Record<string, Check>, required: string): Patch | null {
  if (!isObject(value)) return null;
  const patch: Patch = {};
  for (const [key, item] of Object.entries(value)) {
    const isKnown = Object.hasOwn(checks, key) && checks[key]?.(item);
    if (isKnown && isWithinBounds(key, item)) patch[key] = copyJson(item);
  }
  return Object.hasOwn(patch, required) ? patch : null;
}
