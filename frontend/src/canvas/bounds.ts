/**
 * How large, long and deep a value of a drawing may be: what `sync/drawing/element_bounds.json` says, which
 * the server reads too. What the document holds beyond a bound is older than the bound, or came past
 * it; it never reaches the editor. What the editor makes beyond one is brought within it.
 */
import { farthest, lengths } from "../../../boards/shared.json";
import {
  boundElements,
  forbiddenNames,
  forbiddenSchemes,
  generic,
  kinds as kindSchemas,
  properties as propertySchemas,
} from "../../../sync/drawing/element_bounds.json";
import { countOf, isLongerThan, shortened } from "../characters";
import {
  BOUND_PREFIX,
  equalJson,
  type Groups,
  isObject,
  type Json,
  PATH_KEYS,
  TEXT_KEYS,
} from "./groups";

interface Schema {
  readonly type: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxLines?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly items?: string | Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxSize?: number;
  readonly properties?: { readonly [key: string]: string | Schema };
}

const kinds: { readonly [kind: string]: Schema } = {
  ...kindSchemas,
  coordinate: { ...kindSchemas.coordinate, minimum: -farthest, maximum: farthest },
};
const properties = new Map<string, Schema>(
  Object.entries(propertySchemas as { [key: string]: string | Schema }).map(([key, schema]) => [
    key,
    resolved(schema),
  ]),
);
const forbidden = new Set(forbiddenNames);
const patterns = new Map<string, RegExp>();

/** How many bound elements are shown; no real drawing has more. */
export const MAX_BOUND_ELEMENTS = boundElements;

/** Whether a value may say where something on a board is. */
export function isCoordinate(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= farthest;
}

/** The number itself if it may say where something is, else the nearest that may. */
export function nearestCoordinate(value: number): number {
  return Math.min(Math.max(value, -farthest), farthest);
}

/** Whether an element of this id may be shown: the editor replaces an empty one, again and again. */
export function isUsableId(id: string): boolean {
  return id !== "" && !isLongerThan(id, lengths.elementId) && !forbidden.has(id);
}

/** Whether an element of this type may be shown. */
export function isUsableType(type: string): boolean {
  return !isLongerThan(type, kindSchemas.word.maxLength) && !forbidden.has(type);
}

/** Whether a value of a property is within its bounds; `null` is. */
export function isWithinBounds(property: string, value: Json): boolean {
  const schema = properties.get(property);
  return schema ? fits(schema, value) : isPlain(value, 0);
}

/**
 * Groups as they may be written. The same object when nothing is out of bounds, which is nearly
 * always; else numbers are moved to the bound, and lists and texts shortened.
 */
export function bounded(groups: Groups): Groups {
  let result = groups;
  for (const [key, value] of Object.entries(groups)) {
    const within = boundedGroup(key, value);
    if (within === value) continue;
    if (result === groups) result = { ...groups };
    result[key] = within;
  }
  return result;
}

function boundedGroup(key: string, value: Json): Json {
  if (key === "del" || key.startsWith(BOUND_PREFIX)) return value;
  if (key === "pos" || key === "size") return closest(resolved("point"), value);
  if ((key === "path" || key === "text") && isObject(value)) {
    const keys: readonly string[] = key === "path" ? PATH_KEYS : TEXT_KEYS;
    return closestParts(value, (part) => (keys.includes(part) ? properties.get(part) : undefined));
  }
  const schema = properties.get(key);
  if (schema) return closest(schema, value);
  return isKeepable(value) ? value : null;
}

function resolved(schema: string | Schema): Schema {
  const found = typeof schema === "string" ? kinds[schema] : schema;
  if (!found) throw new Error(`element_bounds.json names no kind ${String(schema)}`);
  return found;
}

function fits(schema: Schema, value: Json): boolean {
  if (value === null) return true;
  switch (schema.type) {
    case "number":
      return (
        typeof value === "number" &&
        value >= (schema.minimum ?? -Infinity) &&
        value <= (schema.maximum ?? Infinity)
      );
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string" && fitsText(schema, value);
    case "array": {
      if (!Array.isArray(value) || !schema.items) return false;
      const inner = resolved(schema.items);
      if (value.length < (schema.minItems ?? 0)) return false;
      if (value.length > (schema.maxItems ?? Infinity)) return false;
      return value.every((item) => item !== null && fits(inner, item));
    }
    default:
      return isObject(value) && fitsObject(schema, value);
  }
}

function fitsText(schema: Schema, value: string): boolean {
  if (value.length < (schema.minLength ?? 0)) return false;
  if (isLongerThan(value, schema.maxLength ?? generic.text)) return false;
  if (schema.maxLines !== undefined && value.split("\n").length > schema.maxLines) return false;
  if (schema.pattern !== undefined && !patternOf(schema.pattern).test(value)) return false;
  return schema.format !== "link" || !isForbiddenLink(value);
}

function fitsObject(schema: Schema, value: { [key: string]: Json }): boolean {
  for (const [key, item] of Object.entries(value)) {
    const inner = schema.properties?.[key];
    if (inner === undefined && isLongerThan(key, generic.key)) return false;
    if (inner === undefined ? !isPlain(item, 1) : !fits(resolved(inner), item)) return false;
  }
  return schema.maxSize === undefined || sizeOf(value) <= schema.maxSize;
}

function patternOf(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern);
  patterns.set(pattern, known);
  return known;
}

function isForbiddenLink(link: string): boolean {
  // Browsers do not see these characters in an address.
  const address = [...link].filter((char) => char > " " && char !== "\x7f").join("");
  return forbiddenSchemes.some((scheme) => address.toLowerCase().startsWith(`${scheme}:`));
}

/** Whether a value of unknown shape is neither too deep nor too long. */
function isPlain(value: Json, depth: number): boolean {
  if (typeof value === "string") return !isLongerThan(value, generic.text);
  if (typeof value !== "object" || value === null) return true;
  const items = Array.isArray(value) ? value : Object.values(value);
  if (depth >= generic.depth || items.length > generic.items) return false;
  if (!Array.isArray(value) && Object.keys(value).some((key) => isLongerThan(key, generic.key)))
    return false;
  return items.every((item) => isPlain(item, depth + 1));
}

/** The characters of all texts and keys, and one for each value. */
function sizeOf(value: Json): number {
  if (typeof value === "string") return 1 + countOf(value);
  if (typeof value !== "object" || value === null) return 1;
  const parts = Array.isArray(value) ? value : Object.values(value);
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return [...names.map(countOf), ...parts.map(sizeOf)].reduce((sum, part) => sum + part, 1);
}

/** Whether the key of a property can hold a value, be it of a kind that nobody here knows. */
export function mayHold(property: string, value: Json): boolean {
  const schema = properties.get(property);
  return schema ? equalJson(closest(schema, value), value) : isKeepable(value);
}

/** Whether the server takes a value of a kind that nobody here knows. */
function isKeepable(value: Json): boolean {
  return isPlain(value, 0) && (!isContainer(value) || sizeOf(value) <= generic.size);
}

function isContainer(value: Json): boolean {
  return typeof value === "object" && value !== null;
}

const isOfKind: { readonly [type: string]: (value: Json) => boolean } = {
  number: (value) => typeof value === "number",
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  array: (value) => Array.isArray(value),
  object: (value) => isObject(value),
};

/**
 * The value itself if it fits, or the nearest that does; `null` where there is none. A value of
 * another kind is kept like one that nobody knows: a newer editor may have made it.
 */
function closest(schema: Schema, value: Json): Json {
  if (fits(schema, value)) return value;
  if (!isOfKind[schema.type]?.(value)) return isKeepable(value) ? value : null;
  if (typeof value === "number" && schema.type === "number") {
    return Math.min(Math.max(value, schema.minimum ?? value), schema.maximum ?? value);
  }
  if (typeof value === "string" && schema.type === "string") {
    const lines = value.split("\n").slice(0, schema.maxLines ?? Infinity);
    const shorter = shortened(lines.join("\n"), schema.maxLength ?? generic.text);
    return fitsText(schema, shorter) ? shorter : null;
  }
  if (Array.isArray(value) && schema.type === "array" && schema.items) {
    const inner = resolved(schema.items);
    return thinned(value, schema.maxItems ?? value.length).map((item) => closest(inner, item));
  }
  if (isObject(value) && schema.type === "object" && schema.maxSize === undefined) {
    return closestParts(value, (key) => {
      const inner = schema.properties?.[key];
      return inner === undefined ? undefined : resolved(inner);
    });
  }
  return null;
}

function closestParts(
  value: { [key: string]: Json },
  schemaOf: (key: string) => Schema | undefined,
): Json {
  const parts = Object.entries(value).map(([key, item]): [string, Json] => {
    const schema = schemaOf(key);
    return [key, schema ? closest(schema, item) : item];
  });
  return parts.every(([key, item]) => item === value[key]) ? value : Object.fromEntries(parts);
}

/** At most `most` of the items, spread evenly over the list, so that a long stroke keeps its shape. */
function thinned(items: readonly Json[], most: number): Json[] {
  if (items.length <= most) return [...items];
  const step = items.length / most;
  return Array.from({ length: most }, (_, at) => items[Math.floor(at * step)] ?? null);
}
