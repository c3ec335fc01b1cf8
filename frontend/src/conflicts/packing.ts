/**
 * Keeps a record within what the server accepts of one value, whatever it is about: three strokes of
 * 20,000 points together have more values than it reads, and a value within the bounds of a drawing
 * lies three levels deeper in a record. A side that does not fit stands there as JSON, in pieces.
 */
import { generic } from "../../../sync/drawing/element_bounds.json";
import { isWithinBounds } from "../canvas/bounds";
import { isObject, type Json } from "../canvas/groups";
import type { Side } from "./record";

/** The server reads 200,000. */
const MAX_VALUES = 180_000;
/** Of the bytes that there are: the update holds more than the record. */
const SHARE = 0.75;
const MAX_SIDES = 100;
const PIECE = 50_000;
/** Levels of a record around the value of a side. */
const LEVELS = 3;
/** Of a number, and more than a key or text has besides its characters. */
const BYTES_A_VALUE = 9;

interface Weight {
  readonly values: number;
  readonly bytes: number;
  readonly depth: number;
}

/**
 * Sides as they stand in a record: plain where they fit, else packed. Of what is still too much the
 * largest are left out, but not the `shown` one. The same on every replica.
 */
export function packed(sides: readonly Side[], shown: string, maxBytes: number): Json[] {
  const smallestFirst = sides
    .map((side) => ({ side, weight: weightOf(side.value) }))
    .sort((a, b) => rank(a.side, shown) - rank(b.side, shown) || a.weight.bytes - b.weight.bytes);
  const kept = new Map<Side, Json>();
  let [values, bytes] = [0, 0];
  for (const { side, weight } of smallestFirst.slice(0, MAX_SIDES)) {
    const isPlain = values + weight.values <= MAX_VALUES && weight.depth + LEVELS <= generic.depth;
    const json = isPlain ? null : piecesOf(side.value);
    const size = bytesOf({ ...side, value: null }) + (json ? sizeOf(json) : weight.bytes);
    if (bytes + size > SHARE * maxBytes) continue;
    kept.set(side, json === null ? { ...side } : packedSide(side, json));
    bytes += size;
    if (isPlain) values += weight.values;
  }
  return sides.flatMap((side) => kept.get(side) ?? []);
}

function rank(side: Side, shown: string): number {
  return side.id === shown ? 0 : 1;
}

function packedSide({ value: _, ...side }: Side, json: Json): Json {
  return { ...side, json };
}

function piecesOf(value: Json): string[] {
  const text = asciiJson(value);
  const count = Math.ceil(text.length / PIECE);
  return Array.from({ length: count }, (_, at) => text.slice(at * PIECE, (at + 1) * PIECE));
}

function sizeOf(pieces: readonly string[]): number {
  return pieces.reduce((sum, piece) => sum + BYTES_A_VALUE + piece.length, 0);
}

/** A piece must not end within a character. */
function asciiJson(value: Json): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Of lists of pieces, which never change: lists of conflicts are made again for each change. */
const unpackedBefore = new WeakMap<object, { readonly value: Json | undefined }>();

/** The value of a side that anybody may have written; `undefined` for none. */
export function unpacked(stored: Record<string, unknown>): Json | undefined {
  const { json } = stored;
  if (!Array.isArray(json)) return stored.value as Json | undefined;
  const known = unpackedBefore.get(json) ?? { value: parsed(json.join("")) };
  unpackedBefore.set(json, known);
  return known.value;
}

function parsed(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    // As deep and long as the server lets a value of its own be.
    return isWithinBounds("", value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** At most as many bytes does a value take in an update. */
export function bytesOf(value: Json): number {
  return weightOf(value).bytes;
}

function weightOf(value: Json): Weight {
  if (typeof value === "string") return { values: 1, bytes: lengthOf(value), depth: 0 };
  if (typeof value !== "object" || value === null)
    return { values: 1, bytes: BYTES_A_VALUE, depth: 0 };
  const parts = (Array.isArray(value) ? value : Object.values(value)).map(weightOf);
  const names = isObject(value) ? Object.keys(value) : [];
  let [values, bytes, depth] = [1, BYTES_A_VALUE, 0];
  for (const name of names) bytes += lengthOf(name);
  for (const part of parts) {
    values += part.values;
    bytes += part.bytes;
    depth = Math.max(depth, part.depth);
  }
  return { values, bytes, depth: depth + 1 };
}

function lengthOf(text: string): number {
  return BYTES_A_VALUE + 3 * text.length;
}
