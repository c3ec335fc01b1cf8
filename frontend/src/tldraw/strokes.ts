/**
 * Strokes of tldraw. Their points stand in the file as a list, or in newer versions in base64:
 * the first as three floats of 32 bits, each of the others as three of 16, the way from the one before
 * it. A version in between had three of 16 for each point (`b64Vecs` of tldraw's schema).
 */
import { bytesOf } from "../files/base64";
import type { Point } from "../files/sketch";
import { numberOr, type Props, pointOf } from "./records";

const MAX_POINTS = 5_000;
const [FIRST_BYTES, POINT_BYTES] = [12, 6];

export interface StrokePoint extends Point {
  readonly pressure: number;
}

/** The points of a stroke, evenly thinned out where there are too many. */
export function strokeOf(props: Props): StrokePoint[] {
  const segments = Array.isArray(props.segments) ? props.segments : [];
  const [scaleX, scaleY] = [numberOr(props.scaleX, 1), numberOr(props.scaleY, 1)];
  const all: StrokePoint[] = [];
  for (const one of segments) for (const point of pointsIn(one ?? {})) all.push(point);
  const step = Math.max(1, Math.ceil(all.length / MAX_POINTS));
  return all
    .filter((_, at) => at % step === 0)
    .map(({ x, y, pressure }) => ({ x: x * scaleX, y: y * scaleY, pressure }));
}

function pointsIn({ path, points }: Props): StrokePoint[] {
  if (typeof path === "string") return decoded(path, FIRST_BYTES);
  if (typeof points === "string") return decoded(points, 0);
  const listed: readonly unknown[] = Array.isArray(points) ? points : [];
  return listed.flatMap((one) => {
    const point = pointOf(one);
    return point ? [{ ...point, pressure: numberOr((one as { z?: unknown }).z, 0.5) }] : [];
  });
}

/** `first` is how long the first point is; without one, points are places and not ways. */
function decoded(base64: string, first: number): StrokePoint[] {
  const bytes = bytesOf(base64);
  const view = new DataView(bytes.buffer);
  const found: StrokePoint[] = [];
  let [x, y, pressure] = [0, 0, 0];
  if (first > 0) {
    if (bytes.length < first) return [];
    [x, y, pressure] = [0, 4, 8].map((at) => view.getFloat32(at, true)) as [number, number, number];
    found.push({ x, y, pressure });
  }
  for (let at = first; at + POINT_BYTES <= bytes.length; at += POINT_BYTES) {
    const [dx, dy, dz] = [0, 2, 4].map((part) => float16(view.getUint16(at + part, true))) as [
      number,
      number,
      number,
    ];
    [x, y, pressure] = first > 0 ? [x + dx, y + dy, pressure + dz] : [dx, dy, dz];
    found.push({ x, y, pressure });
  }
  return found.filter((one) => Number.isFinite(one.x + one.y + one.pressure));
}

/** IEEE 754, binary16. Not by `getFloat16`, which is too new for some browsers. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
