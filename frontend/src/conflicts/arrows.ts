/**
 * Arrows between shapes that several people moved without knowing of each other. Each one's editor
 * placed the arrow by what it knew, so none of the values fits. Ours is taken, and each of its ends
 * goes where its shape went in the merge.
 */
import * as Y from "yjs";
import { BOUND_PREFIX, equalJson, isObject, type Json } from "../canvas/groups";
import { lastId, newIn, newItems, type WriteId } from "./concurrent";
import { pairOf } from "./derived";
import { elementIdOf } from "./groups";
import { elementMap } from "./record";

type ElementMap = Y.Map<Json>;
type Pair = readonly [number, number];

/** An arrow of ours and the middles of its two shapes, as they were before a merge. */
export interface ArrowBefore {
  readonly id: string;
  readonly pos: Pair;
  readonly path: { readonly [key: string]: Json };
  readonly points: readonly Pair[];
  readonly ends: readonly [ShapeBefore, ShapeBefore];
}

interface ShapeBefore {
  readonly id: string;
  readonly middle: Pair;
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
    const moved = points.map(([x, y], at): [number, number] => {
      if (at === 0) return [0, 0];
      const by = at === points.length - 1 ? end : [0, 0];
      return [x - start[0] + (by[0] ?? 0), y - start[1] + (by[1] ?? 0)];
    });
    const extents = { width: extent(moved, 0), height: extent(moved, 1) };
    set(map, "pos", [...place]);
    set(map, "path", { ...path, points: moved, ...extents });
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
  if (!pos || !isObject(path) || path.elbowed === true) return null;
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
  const middle =
    map && middleOf((key) => valueIn(itemBefore(map, key, isNew)) ?? map.get(key) ?? null);
  return id !== null && middle ? { id, middle } : null;
}

/** How far a shape has come since. */
function shift(doc: Y.Doc, { id, middle }: ShapeBefore): Pair | null {
  const map = elementMap(doc, id);
  const now = map && middleOf((key) => map.get(key) ?? null);
  return now && [now[0] - middle[0], now[1] - middle[1]];
}

function middleOf(read: (key: string) => Json): Pair | null {
  const [pos, size] = [pairOf(read("pos")), pairOf(read("size"))];
  return pos && size && [pos[0] + size[0] / 2, pos[1] + size[1] / 2];
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

function extent(points: readonly Pair[], axis: 0 | 1): number {
  const values = points.map((point) => point[axis]);
  return Math.max(...values) - Math.min(...values);
}

function pointsOf(value: Json | undefined): Pair[] | null {
  if (!Array.isArray(value) || value.length < 2) return null;
  const points = value.map(pairOf).filter((pair) => pair !== null);
  return points.length === value.length ? points : null;
}
