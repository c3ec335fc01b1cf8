/**
 * Arrows between shapes that several people moved without knowing of each other. Each one's editor
 * placed the arrow by what it knew, so none of the values fits. Ours is taken, and each of its ends
 * goes where its shape went in the merge.
 */
import * as Y from "yjs";
import { BOUND_PREFIX, equalJson, isObject, type Json } from "../canvas/groups";
import { elementMap } from "../canvas/shared";
import { lastId, newIn, newItems, type WriteId } from "./concurrent";
import { pairOf } from "./derived";
import { elementIdOf } from "./groups";
import { type Pair, stretchedPath } from "./stretch";

type ElementMap = Y.Map<Json>;

const MIDDLE: Pair = [0.5, 0.5];

/** An arrow of ours and the places in its two shapes that it points to, as they were before a merge. */
export interface ArrowBefore {
  readonly id: string;
  readonly pos: Pair;
  readonly path: { readonly [key: string]: Json };
  readonly points: readonly Pair[];
  readonly ends: readonly [ShapeBefore, ShapeBefore];
}

interface ShapeBefore {
  readonly id: string;
  /** In shares of the shape's size: an elbow is bound to a place, other arrows to the middle. */
  readonly share: Pair;
  readonly target: Pair;
}

/**
 * Arrows that may no longer fit after a merge: drawn or moved along here, with a shape at an end
 * that the merge brings elsewhere. To be called in `beforeObserverCalls`.
 */
export function arrowsBefore(tr: Y.Transaction, isOurs: (id: WriteId) => boolean): ArrowBefore[] {
  const isNew = newIn(tr);
  const isPlace = (parent: Y.AbstractType<unknown>, key: string) =>
    (key === "pos" || key === "size") && elementIdOf(parent) !== null;
  const ids = new Set<string>();
  for (const parent of newItems(tr, isPlace).keys()) {
    for (const key of (parent as ElementMap).keys()) {
      if (key.startsWith(BOUND_PREFIX)) ids.add(key.slice(BOUND_PREFIX.length));
    }
  }
  return [...ids]
    .map((id) => arrowBefore(tr.doc, id, isNew, isOurs))
    .filter((arrow) => arrow !== null);
}

/** Puts the ends of arrows to where their shapes are now. */
export function reattach(doc: Y.Doc, arrows: readonly ArrowBefore[]): void {
  for (const { id, pos, path, points, ends } of arrows) {
    const map = elementMap(doc, id);
    const [start, end] = ends.map((shape) => shift(doc, shape));
    if (!map || !start || !end) continue;
    const place: Pair = [pos[0] + start[0], pos[1] + start[1]];
    set(map, "pos", [...place]);
    set(map, "path", { ...path, ...stretchedPath(path, points, start, end) });
  }
}

function arrowBefore(
  doc: Y.Doc,
  id: string,
  isNew: (id: WriteId) => boolean,
  isOurs: (id: WriteId) => boolean,
): ArrowBefore | null {
  const map = elementMap(doc, id);
  if (map?.get("type") !== "arrow") return null;
  const [posItem, pathItem] = [itemBefore(map, "pos", isNew), itemBefore(map, "path", isNew)];
  if (![posItem, pathItem].some((item) => item && isOurs(lastId(item)))) return null;
  const pos = pairOf(valueIn(posItem));
  const path = valueIn(pathItem);
  if (!pos || !isObject(path)) return null;
  const points = pointsOf(path.points);
  const start = shapeBefore(doc, map.get("startBinding"), isNew);
  const end = shapeBefore(doc, map.get("endBinding"), isNew);
  return points && start && end ? { id, pos, path, points, ends: [start, end] } : null;
}

function shapeBefore(
  doc: Y.Doc,
  binding: Json | undefined,
  isNew: (id: WriteId) => boolean,
): ShapeBefore | null {
  const id = isObject(binding) && typeof binding.elementId === "string" ? binding.elementId : null;
  const map = id === null ? null : elementMap(doc, id);
  const share = (isObject(binding) && pairOf(binding.fixedPoint)) || MIDDLE;
  const target =
    map && placeIn(share, (key) => valueIn(itemBefore(map, key, isNew)) ?? map.get(key) ?? null);
  return id !== null && target ? { id, share, target } : null;
}

/** How far a shape has come since. */
function shift(doc: Y.Doc, { id, share, target }: ShapeBefore): Pair | null {
  const map = elementMap(doc, id);
  const now = map && placeIn(share, (key) => map.get(key) ?? null);
  return now && [now[0] - target[0], now[1] - target[1]];
}

/** Of shapes that are turned this is not exact, and neither is what it is compared with. */
function placeIn(share: Pair, read: (key: string) => Json): Pair | null {
  const [pos, size] = [pairOf(read("pos")), pairOf(read("size"))];
  return pos && size && [pos[0] + size[0] * share[0], pos[1] + size[1] * share[1]];
}

/** The item that held a value before the transaction. */
function itemBefore(map: ElementMap, key: string, isNew: (id: WriteId) => boolean): Y.Item | null {
  let item = map._map.get(key) ?? null;
  while (item !== null && isNew(item.id)) item = item.left;
  return item;
}

function valueIn(item: Y.Item | null): Json | undefined {
  if (item === null || item.content instanceof Y.ContentDeleted) return undefined;
  return item.content.getContent().at(-1) as Json;
}

function set(map: ElementMap, key: string, value: Json): void {
  if (!equalJson(map.get(key), value)) map.set(key, value);
}

function pointsOf(value: Json | undefined): Pair[] | null {
  if (!Array.isArray(value) || value.length < 2) return null;
  const points = value.map(pairOf).filter((pair) => pair !== null);
  return points.length === value.length ? points : null;
}
