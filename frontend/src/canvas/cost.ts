/**
 * What is too costly to draw, and how it is shown instead. Every value can be within its bounds and
 * the element still take seconds: a large shape filled with the finest hatching, a long dotted line,
 * a curve of thousands of points. It is shown in a plainer style, on the screen alone.
 */
import { type Groups, isObject, type Json } from "./groups";
import type { Masks, SharedElement } from "./references";

/** Strokes that one element may take; a large box with the usual hatching takes some hundreds. */
const MOST_STROKES = 3_000;
/** Of all elements together; above it even those that take some hundreds are shown plainly. */
const MOST_STROKES_OF_ALL = 150_000;
const FEW_STROKES = 150;
/** As the editor draws: the gap of a hatching in stroke widths, the period of dashes in pixels. */
const HATCH_GAP = 4;
const DASH_PERIOD = { dashed: 16, dotted: 7.5 } as const;

const PLAIN: readonly (readonly [key: string, value: Json])[] = [
  ["fillStyle", "solid"],
  ["strokeStyle", "solid"],
  ["roughness", 0],
];

/** Groups after whose change an element may cost more or less. */
const COST_KEYS = new Set([
  "size",
  "path",
  "fillStyle",
  "strokeStyle",
  "strokeWidth",
  "roughness",
  "backgroundColor",
]);

/** Whether a change of these groups can decide how an element is shown. */
export function isCostChanged(keys: readonly string[], groups: Groups, isPlain: boolean): boolean {
  return keys.some((key) => COST_KEYS.has(key)) && (isPlain || strokesOf(groups) > FEW_STROKES);
}

/** Adds to `masks` a plainer style for what costs too much. */
export function maskCostly(live: ReadonlyMap<string, SharedElement>, masks: Masks): void {
  const costs = [...live.values()].map((element) => ({ element, cost: strokesOf(element.groups) }));
  const all = costs.reduce((sum, { cost }) => sum + Math.min(cost, MOST_STROKES), 0);
  const most = all > MOST_STROKES_OF_ALL ? FEW_STROKES : MOST_STROKES;
  for (const { element, cost } of costs) {
    if (cost <= most) continue;
    const mask = masks.get(element.id) ?? new Map<string, Json | undefined>();
    for (const [key, value] of PLAIN) if (element.groups[key] !== value) mask.set(key, value);
    if (mask.size > 0) masks.set(element.id, mask);
  }
}

/** About how many strokes the editor makes of an element. */
export function strokesOf(groups: Groups): number {
  const { width, height, points } = extentOf(groups);
  const strokeWidth = Math.max(numberOr(groups.strokeWidth, 2), 0.01);
  const outline = points * (groups.roughness === 0 ? 0.25 : 1);
  return (
    outline + hatches(groups, width + height, strokeWidth, points) + dashes(groups, width, height)
  );
}

function hatches(groups: Groups, extent: number, strokeWidth: number, points: number): number {
  const { fillStyle, backgroundColor } = groups;
  if (backgroundColor === undefined || backgroundColor === "transparent") return 0;
  if (fillStyle !== "hachure" && fillStyle !== "cross-hatch" && fillStyle !== "zigzag") return 0;
  const lines = extent / (HATCH_GAP * strokeWidth);
  return lines * (fillStyle === "cross-hatch" ? 2 : 1) * (1 + points / 50);
}

function dashes({ strokeStyle }: Groups, width: number, height: number): number {
  if (strokeStyle !== "dashed" && strokeStyle !== "dotted") return 0;
  return (2 * (width + height)) / DASH_PERIOD[strokeStyle];
}

function extentOf(groups: Groups): { width: number; height: number; points: number } {
  const { size, path } = groups;
  if (Array.isArray(size)) {
    return {
      width: Math.abs(numberOr(size[0], 0)),
      height: Math.abs(numberOr(size[1], 0)),
      points: 4,
    };
  }
  if (!isObject(path) || !Array.isArray(path.points)) return { width: 0, height: 0, points: 0 };
  // The length of the path, not its bounding box: a stroke can go back and forth.
  let [width, height] = [0, 0];
  let [lastX, lastY] = [0, 0];
  for (const point of path.points) {
    if (!Array.isArray(point)) continue;
    const [x, y] = [numberOr(point[0], 0), numberOr(point[1], 0)];
    width += Math.abs(x - lastX) / 2;
    height += Math.abs(y - lastY) / 2;
    [lastX, lastY] = [x, y];
  }
  return { width, height, points: path.points.length };
}

function numberOr(value: Json | undefined, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}
