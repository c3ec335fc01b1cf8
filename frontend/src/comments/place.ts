/** Where on the canvas a thread is, and to what a new one is pinned. Knows no editor. */
import { nearestCoordinate } from "../canvas/bounds";
import type { Anchor } from "./thread";

/** What is needed of an element. */
export interface Placed {
  readonly id: string;
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
  readonly isDeleted: boolean;
  readonly points?: readonly (readonly [number, number])[];
  readonly containerId?: string | null;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  /** Whether the element it is pinned to was deleted. */
  readonly isDeleted: boolean;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** How far from a line, in pixels of the screen, a click still means the line. */
const LINE_REACH = 10;

/** `null` when the element is unknown, as when it was purged long after its deletion. */
export function placeOf(
  anchor: Anchor,
  find: (id: string) => Placed | null | undefined,
): Place | null {
  if ("x" in anchor) return { x: anchor.x, y: anchor.y, isDeleted: false };
  const element = find(anchor.element);
  if (!element) return null;
  // When an element gets smaller, its pins stay on it.
  const point = {
    x: element.x + (element.points ? anchor.dx : clamp(anchor.dx, element.width)),
    y: element.y + (element.points ? anchor.dy : clamp(anchor.dy, element.height)),
  };
  return { ...turned(point, element, element.angle), isDeleted: element.isDeleted };
}

/** The anchor for a new thread at a point: the topmost element there, else the point itself. */
export function anchorAt(point: Point, elements: readonly Placed[], zoom: number): Anchor {
  const element = topmostAt(point, elements, zoom);
  return element ? anchorOn(element, point) : { x: round(point.x), y: round(point.y) };
}

/** The anchor on this element, whether or not the point is inside of it. */
export function anchorOn(element: Placed, point: Point): Anchor {
  const { x, y } = turned(point, element, -element.angle);
  return { element: element.id, dx: round(x - element.x), dy: round(y - element.y) };
}

function topmostAt(point: Point, elements: readonly Placed[], zoom: number): Placed | null {
  let frame: Placed | null = null;
  for (let index = elements.length - 1; index >= 0; index -= 1) {
    const element = elements[index];
    if (!element || element.isDeleted || !isOn(point, element, zoom)) continue;
    const container = elements.find(({ id }) => id === element.containerId);
    // What stands in a frame is meant rather than the frame.
    if (element.type === "frame" || element.type === "magicframe") frame ??= element;
    else return container ?? element;
  }
  return frame;
}

function isOn(point: Point, element: Placed, zoom: number): boolean {
  const { x, y } = turned(point, element, -element.angle);
  const at = { x: x - element.x, y: y - element.y };
  if (element.points) return distanceToPath(at, element.points) <= LINE_REACH / zoom;
  return at.x >= 0 && at.y >= 0 && at.x <= element.width && at.y <= element.height;
}

function distanceToPath(at: Point, points: readonly (readonly [number, number])[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let index = 1; index < points.length; index += 1) {
    const [ax, ay] = points[index - 1] ?? [0, 0];
    const [bx, by] = points[index] ?? [0, 0];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const along = length === 0 ? 0 : ((at.x - ax) * (bx - ax) + (at.y - ay) * (by - ay)) / length;
    const share = Math.min(1, Math.max(0, along));
    const away = Math.hypot(at.x - ax - share * (bx - ax), at.y - ay - share * (by - ay));
    least = Math.min(least, away);
  }
  return least;
}

/** Turns a point around the middle of an element. */
function turned({ x, y }: Point, element: Placed, angle: number): Point {
  if (angle === 0) return { x, y };
  const middle = middleOf(element);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const dx = x - middle.x;
  const dy = y - middle.y;
  return { x: middle.x + dx * cos - dy * sin, y: middle.y + dx * sin + dy * cos };
}

/** `x` and `y` of a line are its first point, which may be anywhere in its bounding box. */
function middleOf({ x, y, width, height, points }: Placed): Point {
  if (!points) return { x: x + width / 2, y: y + height / 2 };
  const left = Math.min(...points.map((point) => point[0]));
  const top = Math.min(...points.map((point) => point[1]));
  return { x: x + left + width / 2, y: y + top + height / 2 };
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}

/** As precise as anybody sees, and within what the server takes. */
function round(value: number): number {
  return nearestCoordinate(Math.round(value * 10) / 10);
}
