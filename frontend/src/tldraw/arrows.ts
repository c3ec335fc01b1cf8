/** Arrows of tldraw, bound to the shapes that they lead to, with their labels. */

import type { FileElement } from "../canvas/file";
import { angularBetween } from "../drawio/routes";
import { bindingTo } from "../files/bound";
import { type Box, type Point, textAt } from "../files/sketch";
import { newElementId } from "../page/ids";
import {
  numberOr,
  onPage,
  type Place,
  type Props,
  pointOf,
  type Records,
  type TldrRecord,
} from "./records";
import { headOf, type Look, lettersOf, wordsOf } from "./style";

const CURVE = { type: 2 };
/** Less of a bend is none, as in tldraw. */
const LEAST_BEND = 8;
/** Between an arrow and the edge of its shape. */
const GAP = 5;
/** Halvings of the way on which an arrow leaves its shape. */
const STEPS = 24;

/** An end of an arrow, on the page. */
interface Terminal {
  /** Where it leads to: in a shape, or free. */
  readonly point: Point;
  readonly target: FileElement | null;
  /** Whether it goes on to the point, and does not end at the edge of the shape. */
  readonly isExact: boolean;
}

/** The arrow and its label; none if it has no ends. `made` has the elements of shapes. */
export function arrowOf(
  record: TldrRecord,
  place: Place,
  look: Look,
  records: Records,
  made: ReadonlyMap<unknown, FileElement>,
): FileElement[] {
  const props = record.props ?? {};
  const [start, end] = (["start", "end"] as const).map((name) =>
    terminalOf(record, name, place, records, made),
  );
  if (!start || !end) return [];
  const points = wayOf(start, end, props);
  const [first = start.point, last] = [points[0], points.at(-1)];
  if (!last || points.every(({ x, y }) => x === first.x && y === first.y)) return [];
  const xs = points.map(({ x }) => x - first.x);
  const ys = points.map(({ y }) => y - first.y);
  const id = newElementId();
  const label = labelOf(props, points, look);
  const arrow: FileElement = {
    ...{ ...look, id, type: "arrow", ...first, angle: 0, backgroundColor: "transparent" },
    points: xs.map((x, at) => [x, ys[at] ?? 0]),
    width: Math.max(...xs) - Math.min(...xs),
    height: Math.max(...ys) - Math.min(...ys),
    startArrowhead: headOf(props, "start"),
    endArrowhead: headOf(props, "end"),
    startBinding: bindingTo(start.target?.id),
    endBinding: bindingTo(end.target?.id),
    roundness: isBent(props) ? CURVE : null,
    ...(label ? { boundElements: [{ id: label.id ?? null, type: "text" }] } : {}),
  };
  return label ? [arrow, { ...label, containerId: id }] : [arrow];
}

function terminalOf(
  record: TldrRecord,
  name: "start" | "end",
  place: Place,
  records: Records,
  made: ReadonlyMap<unknown, FileElement>,
): Terminal | null {
  const binding = records.bindingOf(record, name);
  const target = binding && made.get(binding.to);
  if (binding && target) {
    const { isPrecise, isExact, normalizedAnchor } = binding.props;
    const anchor = (isPrecise !== false && pointOf(normalizedAnchor)) || { x: 0.5, y: 0.5 };
    return { point: anchorIn(target, anchor), target, isExact: isExact === true };
  }
  const point = pointOf(record.props?.[name]);
  return point && { point: onPage(point, place), target: null, isExact: true };
}

function wayOf(start: Terminal, end: Terminal, props: Props): Point[] {
  const [from, to] = [start.point, end.point];
  if (props.kind === "elbow")
    return angularBetween(boxOf(start.target), boxOf(end.target), from, to);
  const between: Point[] = [];
  if (isBent(props)) {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const bend = numberOr(props.bend, 0) / length;
    between.push({
      x: (from.x + to.x) / 2 - (to.y - from.y) * bend,
      y: (from.y + to.y) / 2 + (to.x - from.x) * bend,
    });
  }
  return [edgeOn(start, between[0] ?? to), ...between, edgeOn(end, between[0] ?? from)];
}

function isBent(props: Props): boolean {
  return props.kind !== "elbow" && Math.abs(numberOr(props.bend, 0)) >= LEAST_BEND;
}

/** Where the way to an end meets the edge of its shape; the end itself if it never leaves it. */
function edgeOn({ point, target, isExact }: Terminal, toward: Point): Point {
  if (!target || isExact || isIn(target, toward)) return point;
  let [inside, outside] = [0, 1];
  const at = (part: number): Point => ({
    x: point.x + (toward.x - point.x) * part,
    y: point.y + (toward.y - point.y) * part,
  });
  for (let step = 0; step < STEPS; step += 1) {
    const part = (inside + outside) / 2;
    if (isIn(target, at(part))) inside = part;
    else outside = part;
  }
  const length = Math.hypot(toward.x - point.x, toward.y - point.y);
  return at(Math.min(1, outside + GAP / length));
}

/** Whether a point of the page is in a shape; lines have no inside. */
function isIn(shape: FileElement, point: Point): boolean {
  const box = boxOf(shape) as Box;
  const turned = turnedBack(point, shape);
  const dx = Math.abs(turned.x - box.x - box.width / 2) / (box.width / 2 || 1);
  const dy = Math.abs(turned.y - box.y - box.height / 2) / (box.height / 2 || 1);
  if (shape.type === "ellipse") return dx * dx + dy * dy < 1;
  return shape.type === "diamond" ? dx + dy < 1 : Math.max(dx, dy) < 1;
}

/** A point in a shape, from (0, 0) to (1, 1), on the page. */
function anchorIn(shape: FileElement, { x, y }: Point): Point {
  const box = boxOf(shape) as Box;
  return about(shape, { x: box.x + x * box.width, y: box.y + y * box.height }, 1);
}

function turnedBack(point: Point, shape: FileElement): Point {
  return about(shape, point, -1);
}

/** Turns a point about the middle of a shape as the shape is turned, or back. */
function about(shape: FileElement, point: Point, direction: 1 | -1): Point {
  const box = boxOf(shape) as Box;
  const [midX, midY] = [box.x + box.width / 2, box.y + box.height / 2];
  const angle = direction * Number(shape.angle ?? 0);
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const [dx, dy] = [point.x - midX, point.y - midY];
  return { x: midX + dx * cos - dy * sin, y: midY + dx * sin + dy * cos };
}

function boxOf(shape: FileElement | null): Box | null {
  if (!shape) return null;
  const { x, y, width, height } = shape;
  return { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
}

function labelOf(props: Props, points: readonly Point[], look: Look): FileElement | null {
  const words = wordsOf(props);
  if (words.trim() === "") return null;
  const [first, last] = [points[0], points.at(-1)];
  const middle = points.length === 3 ? points[1] : undefined;
  const x = middle?.x ?? (Number(first?.x) + Number(last?.x)) / 2;
  const y = middle?.y ?? (Number(first?.y) + Number(last?.y)) / 2;
  const { groupIds, frameId, opacity } = look;
  const letters = { ...lettersOf(props, true), textAlign: "center", verticalAlign: "middle" };
  const label = textAt(words, 0, 0, {
    ...letters,
    ...(groupIds === undefined ? {} : { groupIds }),
    ...(frameId === undefined ? {} : { frameId }),
    ...(opacity === undefined ? {} : { opacity }),
  });
  return { ...label, x: x - Number(label.width) / 2, y: y - Number(label.height) / 2 };
}
