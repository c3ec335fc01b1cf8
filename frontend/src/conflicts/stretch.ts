/** The points of an arrow whose two ends go elsewhere. Pure. */
import { isObject, type Json } from "../canvas/groups";

export type Pair = readonly [number, number];
type Axis = 0 | 1;

/** What a path is when its ends go elsewhere: an elbow stays one. */
export function stretchedPath(
  path: { readonly elbowed?: unknown; readonly fixedSegments?: unknown },
  points: readonly Pair[],
  start: Pair,
  end: Pair,
) {
  const isElbow = path.elbowed === true;
  const moved = isElbow ? stretchedElbow(points, start, end) : stretchedLine(points, start, end);
  return {
    points: moved.map((point) => [...point]),
    width: extent(moved, 0),
    height: extent(moved, 1),
    ...(isElbow && { fixedSegments: fixedOn(moved, path.fixedSegments as Json) }),
  };
}

function extent(points: readonly Pair[], axis: Axis): number {
  const values = points.map((point) => point[axis]);
  return Math.max(...values) - Math.min(...values);
}

/** The first point stays at the origin, which moves by `start`; the last moves by `end`. */
export function stretchedLine(points: readonly Pair[], start: Pair, end: Pair): Pair[] {
  return points.map(([x, y], at) => {
    if (at === 0) return [0, 0];
    const by = at === points.length - 1 ? end : ([0, 0] as const);
    return [x - start[0] + by[0], y - start[1] + by[1]];
  });
}

/**
 * The same for an elbow, which stays one: each of its straight parts is pushed aside, the nearer to
 * an end the more by what moved that end.
 */
export function stretchedElbow(points: readonly Pair[], start: Pair, end: Pair): Pair[] {
  const corners = withJog(points, start, end);
  const moved = corners.map(([x, y]): [number, number] => [x, y]);
  move(moved[0], start);
  move(moved.at(-1), end);
  const runs = straightRuns(corners);
  runs.forEach(({ axis, from, to }, at) => {
    const share = runs.length === 1 ? 0 : at / (runs.length - 1);
    const by = start[axis] + (end[axis] - start[axis]) * share;
    for (let i = from; i <= to; i += 1) {
      const [corner, before] = [moved[i], corners[i]];
      if (corner && before) corner[axis] = before[axis] + by;
    }
  });
  return moved.map(([x, y]) => [x - start[0], y - start[1]]);
}

interface Run {
  /** The axis along which the run can be pushed aside. */
  readonly axis: Axis;
  /** Indices of its first and last point. */
  readonly from: number;
  to: number;
}

/** Parts that lie in one line are one run; a part without length is a corner of its own. */
function straightRuns(points: readonly Pair[]): Run[] {
  const runs: Run[] = [];
  for (let to = 1; to < points.length; to += 1) {
    const known = runs.at(-1);
    const axis = crossAxis(points[to - 1] ?? [0, 0], points[to] ?? [0, 0], known?.axis);
    if (known?.axis === axis) known.to = to;
    else runs.push({ axis, from: to - 1, to });
  }
  return runs;
}

/** The segments that a person fixed, where the corners are now. */
export function fixedOn(points: readonly Pair[], segments: Json | undefined): Json {
  if (!Array.isArray(segments)) return null;
  return segments.map((segment) => {
    const index = isObject(segment) ? Number(segment.index) : Number.NaN;
    const [from, to] = [points[index - 1], points[index]];
    return isObject(segment) && from && to
      ? { ...segment, start: [...from], end: [...to] }
      : segment;
  });
}

/** A straight elbow whose ends part gets two corners in its middle. */
function withJog(points: readonly Pair[], start: Pair, end: Pair): readonly Pair[] {
  const [from, to] = points;
  if (points.length !== 2 || !from || !to) return points;
  const axis = crossAxis(from, to);
  if (start[axis] === end[axis]) return points;
  const middle: Pair = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  return [from, middle, middle, to];
}

function crossAxis(from: Pair, to: Pair, before: Axis = 0): Axis {
  const [across, down] = [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])];
  if (across === 0 && down === 0) return before === 0 ? 1 : 0;
  return across >= down ? 1 : 0;
}

function move(point: [number, number] | undefined, by: Pair): void {
  if (!point) return;
  point[0] += by[0];
  point[1] += by[1];
}
