/** The way of an edge from shape to shape. */
import type { Box, Point } from "../files/sketch";
import type { Cell } from "./mxfile";
import { numberOf, type Style } from "./style";

/** An end of an edge. */
interface End {
  readonly point: Point;
  /** Whether it leaves sideways, and not up or down. */
  readonly isSideways: boolean;
}

const MAX_POINTS = 1_000;

/** The points of an edge, two at least. `source` and `target` are the places of its shapes. */
export function routeOf(
  edge: Cell,
  source: Box | null,
  target: Box | null,
  origin: Point,
): Point[] {
  const moved = (point: Point): Point => ({ x: point.x + origin.x, y: point.y + origin.y });
  const between = edge.between.slice(0, MAX_POINTS).map(moved);
  const [from, to] = [moved(edge.from ?? { x: 0, y: 0 }), moved(edge.to ?? { x: 0, y: 0 })];
  const isAngular = /orthogonal|elbow|entityRelation/i.test(edge.style.get("edgeStyle") ?? "");
  const start = endOf(
    edge.style,
    "exit",
    source,
    from,
    between[0] ?? middle(target, to),
    isAngular,
  );
  const last = between.at(-1) ?? middle(source, from);
  const end = endOf(edge.style, "entry", target, to, last, isAngular);
  const points = [start.point, ...between, end.point];
  return isAngular ? angular(points, start.isSideways, end.isSideways) : points;
}

function middle(box: Box | null, otherwise: Point): Point {
  return box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : otherwise;
}

function endOf(
  style: Style,
  name: "exit" | "entry",
  box: Box | null,
  free: Point,
  toward: Point,
  isAngular: boolean,
): End {
  const centre = middle(box, free);
  const [dx, dy] = [toward.x - centre.x, toward.y - centre.y];
  const isSideways = Math.abs(dx) >= Math.abs(dy);
  if (!box) return { point: free, isSideways };
  const [x, y] = [style.get(`${name}X`), style.get(`${name}Y`)];
  if (x !== undefined && y !== undefined) {
    const [shareX, shareY] = [numberOf(x, 0.5), numberOf(y, 0.5)];
    const point = {
      x: box.x + shareX * box.width + numberOf(style.get(`${name}Dx`), 0),
      y: box.y + shareY * box.height + numberOf(style.get(`${name}Dy`), 0),
    };
    return { point, isSideways: shareX === 0 || shareX === 1 };
  }
  if (!isAngular) return { point: onBorder(box, centre, dx, dy), isSideways };
  return sideOf(box, centre, toward, isSideways);
}

/** The points of a way along and across between boxes, or points where there is no box. */
export function angularBetween(
  source: Box | null,
  target: Box | null,
  from: Point,
  to: Point,
): Point[] {
  const end = (box: Box | null, free: Point, toward: Point): End => {
    const centre = middle(box, free);
    const isSideways = Math.abs(toward.x - centre.x) >= Math.abs(toward.y - centre.y);
    return box ? sideOf(box, centre, toward, isSideways) : { point: free, isSideways };
  };
  const start = end(source, from, middle(target, to));
  const last = end(target, to, middle(source, from));
  return angular([start.point, last.point], start.isSideways, last.isSideways);
}

/** The middle of a side, or where a straight line meets it. */
function sideOf(box: Box, centre: Point, toward: Point, isSideways: boolean): End {
  const isBeside = toward.y > box.y && toward.y < box.y + box.height;
  const isOver = toward.x > box.x && toward.x < box.x + box.width;
  if (isOver !== isBeside ? isBeside : isSideways) {
    const x = toward.x < centre.x ? box.x : box.x + box.width;
    return { point: { x, y: centre.y }, isSideways: true };
  }
  const y = toward.y < centre.y ? box.y : box.y + box.height;
  return { point: { x: centre.x, y }, isSideways: false };
}

/** Where a line from the middle of a box leaves it. */
function onBorder(box: Box, centre: Point, dx: number, dy: number): Point {
  const steps = Math.max(Math.abs(dx) / (box.width / 2 || 1), Math.abs(dy) / (box.height / 2 || 1));
  if (steps === 0) return centre;
  return { x: centre.x + dx / steps, y: centre.y + dy / steps };
}

/** The points with corners between them, so that every piece goes along or across. */
function angular(points: readonly Point[], isSideways: boolean, endsSideways: boolean): Point[] {
  const route: Point[] = [];
  let sideways = isSideways;
  for (const [at, point] of points.entries()) {
    const before = route.at(-1);
    if (before && before.x !== point.x && before.y !== point.y) {
      const isLast = at === points.length - 1;
      route.push(...corners(before, point, sideways, isLast ? endsSideways : !sideways));
      sideways = isLast ? sideways : !sideways;
    } else if (before) sideways = before.x === point.x;
    route.push(point);
  }
  return route;
}

function corners(from: Point, to: Point, leaves: boolean, arrives: boolean): Point[] {
  if (leaves !== arrives) return [leaves ? { x: to.x, y: from.y } : { x: from.x, y: to.y }];
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  return leaves
    ? [
        { x, y: from.y },
        { x, y: to.y },
      ]
    : [
        { x: from.x, y },
        { x: to.x, y },
      ];
}

/** The point at a share of the way, from 0 to 1. */
export function along(points: readonly Point[], share: number): Point {
  const lengths = points.slice(1).map((point, at) => distance(points[at] ?? point, point));
  let left = Math.max(0, Math.min(1, share)) * lengths.reduce((sum, one) => sum + one, 0);
  for (const [at, length] of lengths.entries()) {
    const [from, to] = [points[at], points[at + 1]];
    if (from && to && left <= length && length > 0) {
      const part = left / length;
      return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
    }
    left -= length;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
