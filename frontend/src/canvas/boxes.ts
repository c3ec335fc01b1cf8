/** Places in and around the box of an element, which may be turned. Pure. */
import type { SceneElement } from "./groups";

type Pair = readonly [number, number];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

export function boxOf({ x, y, width, height, angle }: SceneElement): Box {
  const [left, top, wide, high, turned] = [x, y, width, height, angle ?? 0].map(Number);
  return { x: left ?? 0, y: top ?? 0, width: wide ?? 0, height: high ?? 0, angle: turned ?? 0 };
}

/** A point on the canvas, in shares of the size of the box from its own corner. */
export function toShare(box: Box, point: Pair): Pair {
  const [x, y] = turned(box, point, -box.angle);
  return [(x - box.x) / (box.width || 1), (y - box.y) / (box.height || 1)];
}

/** The point on the canvas that has these shares. */
export function fromShare(box: Box, share: Pair): Pair {
  return turned(box, [box.x + share[0] * box.width, box.y + share[1] * box.height], box.angle);
}

/** How far a point is from the edge of the box; negative inside. */
export function outsideOf(box: Box, point: Pair): number {
  const [x, y] = turned(box, point, -box.angle);
  const across = Math.abs(x - box.x - box.width / 2) - box.width / 2;
  const down = Math.abs(y - box.y - box.height / 2) - box.height / 2;
  if (across <= 0 && down <= 0) return Math.max(across, down);
  return Math.hypot(Math.max(across, 0), Math.max(down, 0));
}

function turned({ x, y, width, height }: Box, point: Pair, angle: number): Pair {
  if (angle === 0) return point;
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  const [across, down] = [point[0] - middleX, point[1] - middleY];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [middleX + across * cos - down * sin, middleY + across * sin + down * cos];
}
