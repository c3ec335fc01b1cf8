/** Puts what follows from other elements right after a merge: the texts inside shapes. */
import type * as Y from "yjs";
import { isTombstone } from "../canvas/decode";
import { BOUND_PREFIX, equalJson, hasPath, type Json } from "../canvas/groups";
import { elementMap } from "../canvas/shared";

/** The editor's distance between a shape and the text in it. */
const PADDING = 5;

type Pair = readonly [number, number];

/** The text in a shape, and the shape around a text. */
export function companionsOf(map: Y.Map<Json>): string[] {
  const container = map.get("containerId");
  const texts = [...map.keys()].filter(
    (key) => key.startsWith(BOUND_PREFIX) && map.get(key) === "text",
  );
  const ids = texts.map((key) => key.slice(BOUND_PREFIX.length));
  return typeof container === "string" ? [container, ...ids] : ids;
}

/** A shape and its text are deleted together and come back together. */
export function restoreCompanions(doc: Y.Doc, map: Y.Map<Json>): void {
  for (const id of companionsOf(map)) {
    const companion = elementMap(doc, id);
    if (isTombstone(companion?.get("del"))) companion?.set("del", false);
  }
}

/** Moves the texts of the named elements to where their shapes now are. */
export function placeDerived(doc: Y.Doc, touched: readonly { readonly element: string }[]): void {
  const texts = new Set<string>();
  for (const { element } of touched) {
    const map = elementMap(doc, element);
    if (map?.get("type") === "text") texts.add(element);
    for (const id of map ? companionsOf(map) : []) texts.add(id);
  }
  for (const id of texts) placeText(doc, id);
}

function placeText(doc: Y.Doc, id: string): void {
  const text = elementMap(doc, id);
  const containerId = text?.get("containerId");
  if (!text || typeof containerId !== "string") return;
  const container = elementMap(doc, containerId);
  if (!container || hasPath(String(container.get("type")))) return;
  const place = boundTextPosition(
    (key) => container.get(key),
    (key) => text.get(key),
  );
  if (place && !equalJson(place, text.get("pos"))) text.set("pos", [...place]);
}

type ReadGroup = (key: string) => Json | undefined;

/**
 * Where the editor puts a text inside a shape (`computeBoundTextPosition` of Excalidraw 0.18);
 * `null` when a measure is missing.
 */
export function boundTextPosition(container: ReadGroup, text: ReadGroup): Pair | null {
  const pos = pairOf(container("pos"));
  const size = pairOf(container("size"));
  const own = sizeOfText(text("text"));
  if (!pos || !size || !own) return null;
  const [insetX, insetY] = insets(String(container("type")), size);
  const room: Pair = [size[0] - 2 * insetX, size[1] - 2 * insetY];
  const share = { left: 0, top: 0, center: 0.5, middle: 0.5, right: 1, bottom: 1 } as const;
  const x = share[String(text("textAlign")) as keyof typeof share] ?? 0.5;
  const y = share[String(text("verticalAlign")) as keyof typeof share] ?? 0.5;
  return [pos[0] + insetX + (room[0] - own[0]) * x, pos[1] + insetY + (room[1] - own[1]) * y];
}

/** Width and height of the edge that text keeps clear of. */
function insets(type: string, [width, height]: Pair): Pair {
  if (type === "ellipse") {
    const share = (1 - Math.SQRT1_2) / 2;
    return [PADDING + width * share, PADDING + height * share];
  }
  if (type === "diamond") return [PADDING + width / 4, PADDING + height / 4];
  return [PADDING, PADDING];
}

/** Two numbers, where a value is two numbers. */
export function pairOf(value: Json | undefined): Pair | null {
  if (!Array.isArray(value)) return null;
  const [a, b] = value;
  return typeof a === "number" && typeof b === "number" ? [a, b] : null;
}

function sizeOfText(value: Json | undefined): Pair | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return pairOf([value.width ?? null, value.height ?? null]);
}
