/** A live race as it is kept on the device until it is over. */
import type * as Y from "yjs";
import { isObject, type Json } from "../canvas/groups";
import { elementMap } from "../canvas/shared";
import type { Finding } from "./detector";
import { decodeSide } from "./record";

export function encodeRace({ element, group, sides, ids, edited }: Finding): Json {
  const values = sides.map((side) => ({ ...side }));
  return { element, group, sides: values, ids: [...ids], edited: [...edited] };
}

/** The finding again; `null` when what was kept is none, or its element is not there any more. */
export function decodeRace(doc: Y.Doc, kept: unknown): Finding | null {
  if (!isObject(kept as Json)) return null;
  const { element, group, sides, ids, edited } = kept as Record<string, unknown>;
  if (typeof element !== "string" || typeof group !== "string") return null;
  const map = elementMap(doc, element);
  if (!map || !Array.isArray(sides) || !Array.isArray(ids)) return null;
  const known = sides.map(decodeSide).filter((side) => side !== null);
  if (known.length < 2) return null;
  return {
    element,
    map,
    group,
    sides: known,
    ids: ids.map(String),
    standing: undefined,
    isDerived: false,
    isSilent: false,
    isSuperseding: false,
    isAnswer: false,
    edited: Array.isArray(edited) ? edited.map(String) : [],
  };
}
