/** An arrow from one shape to another, as the editor would bind it. Pure. */
import { middleOf, type Spot } from "./direction";
import type { OutlineElement } from "./read";

type Pair = readonly [number, number];

/** Between a shape and the end of an arrow. */
const GAP = 6;

/** What an arrow can be bound to. */
const BINDABLE = new Set([
  ...["rectangle", "diamond", "ellipse", "text", "image"],
  ...["iframe", "embeddable", "frame", "magicframe"],
]);

export function isBindable({ type, isDeleted }: OutlineElement): boolean {
  return BINDABLE.has(type) && !isDeleted;
}

/** Where the arrow begins, and its two points seen from there. */
export interface Path {
  readonly x: number;
  readonly y: number;
  readonly points: readonly [Pair, Pair];
}

/** Along the line between the middles, from edge to edge. */
export function pathBetween(from: OutlineElement, to: OutlineElement): Path {
  const [x, y] = edgeTowards(from, middleOf(to));
  const [endX, endY] = edgeTowards(to, middleOf(from));
  return {
    x,
    y,
    points: [
      [0, 0],
      [endX - x, endY - y],
    ],
  };
}

/** The ends of the arrow hang at the middle of their shapes. */
export function bindingTo({ id }: OutlineElement) {
  return { elementId: id, focus: 0, gap: GAP };
}

/** Where a line from the middle leaves the shape, and a little further; turned shapes count as upright. */
function edgeTowards(shape: OutlineElement, target: Spot): Pair {
  const { x, y } = middleOf(shape);
  const [across, down] = [target.x - x, target.y - y];
  const distance = Math.hypot(across, down);
  if (distance === 0) return [x, y];
  const share = Math.min(1, shareInside(shape, across, down) + GAP / distance);
  return [x + across * share, y + down * share];
}

/** Which share of the way to (across, down) lies inside the shape. */
function shareInside(shape: OutlineElement, across: number, down: number): number {
  const wide = Math.abs(across) / Math.max(shape.width / 2, 1);
  const high = Math.abs(down) / Math.max(shape.height / 2, 1);
  if (shape.type === "ellipse") return 1 / Math.hypot(wide, high);
  if (shape.type === "diamond") return 1 / (wide + high);
  return 1 / Math.max(wide, high);
}
