/**
 * Puts a value of a conflict on the elements of a scene, as if somebody had just done it: what is
 * bound to the element goes along. Pure; the scene's own elements stay as they are.
 */
import { copyWithNewIds } from "../canvas/copy";
import { decodeGroup, type Patch } from "../canvas/decode";
import { boundElementsOf, encodeGroups, type Json, type SceneElement } from "../canvas/groups";
import { boundTextPosition } from "./derived";

type Scene = ReadonlyMap<string, SceneElement>;
type Point = readonly [number, number];

/** How far a copy lies beside its original when the conflict is not about the place. */
const COPY_OFFSET = 24;
const PLACES = new Set(["pos", "size", "angle", "path"]);

/** The elements that change when `id` gets another value of `group`; none when it does not fit. */
export function withValue(
  scene: Scene,
  id: string,
  group: string,
  value: Json,
): Map<string, SceneElement> {
  const changed = new Map<string, SceneElement>();
  const element = scene.get(id);
  const patch = element && decodeGroup(element.type, group, value);
  if (!element || !patch) return changed;
  const next = renewed(element, patch);
  changed.set(id, next);
  const [fromX, fromY] = centre(element);
  const [toX, toY] = centre(next);
  for (const bound of boundElementsOf(next)) {
    const other = scene.get(bound.id);
    if (!other || other.isDeleted) continue;
    const follow =
      bound.type === "text"
        ? placed(other, next)
        : stretched(other, id, [toX - fromX, toY - fromY]);
    if (follow) changed.set(bound.id, renewed(other, follow));
  }
  const container = scene.get(String(next.containerId));
  if (container) changed.set(id, renewed(element, { ...patch, ...placed(next, container) }));
  return changed;
}

/** A copy of `id` that carries another value of `group`, with its label, under fresh ids. */
export function copyWithValue(
  scene: Scene,
  id: string,
  group: string,
  value: Json,
  newId: () => string,
): SceneElement[] {
  const changed = withValue(scene, id, group, value);
  const element = changed.get(id);
  if (!element) return [];
  const labels = boundElementsOf(element).filter(({ type }) => type === "text");
  const ids = [String(element.containerId), id, ...labels.map((label) => label.id)];
  const originals = ids
    .map((one) => changed.get(one) ?? scene.get(one))
    .filter((one) => one !== undefined);
  const offset = PLACES.has(group) ? 0 : COPY_OFFSET;
  return copyWithNewIds(originals, newId, offset, offset);
}

function renewed(element: SceneElement, patch: Patch): SceneElement {
  return {
    ...element,
    ...patch,
    version: element.version + 1,
    versionNonce: Math.floor(Math.random() * 2 ** 31),
    updated: Date.now(),
  };
}

function centre({ x, y, width, height }: SceneElement): Point {
  return [Number(x) + Number(width) / 2, Number(y) + Number(height) / 2];
}

/** Where a text belongs inside its shape. */
function placed(text: SceneElement, container: SceneElement): Patch {
  const [shape, words] = [encodeGroups(container), encodeGroups(text)];
  const place = boundTextPosition(
    (key) => shape[key],
    (key) => words[key],
  );
  return place ? { x: place[0], y: place[1] } : {};
}

/** An arrow whose ends at `target` have moved; the editor routes elbow arrows itself. */
function stretched(arrow: SceneElement, target: string, by: Point): Patch | null {
  if (arrow.elbowed || !Array.isArray(arrow.points)) return null;
  let [x, y] = [Number(arrow.x), Number(arrow.y)];
  const points = (arrow.points as Point[]).map(([a, b]) => [a, b] as [number, number]);
  if (isBoundTo(arrow.startBinding, target)) {
    [x, y] = [x + by[0], y + by[1]];
    for (const point of points.slice(1)) moveBy(point, [-by[0], -by[1]]);
  }
  const end = points.at(-1);
  if (end && isBoundTo(arrow.endBinding, target)) moveBy(end, by);
  const extent = (axis: 0 | 1) => {
    const values = points.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return { x, y, points, width: extent(0), height: extent(1) };
}

function moveBy(point: [number, number], by: Point): void {
  point[0] += by[0];
  point[1] += by[1];
}

function isBoundTo(binding: unknown, target: string): boolean {
  return (binding as { elementId?: unknown } | null)?.elementId === target;
}
