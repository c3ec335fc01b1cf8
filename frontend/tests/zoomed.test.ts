import { describe, expect, it } from "vitest";
import { placeOf } from "../src/canvas/zoomed.ts";

const viewOf = (zoom: number, scrollX: number, scrollY: number) => ({
  zoom: { value: zoom },
  scrollX,
  scrollY,
});

/** Where the editor draws a point of the scene, in pixels of the canvas. */
const shownAt = (
  x: number,
  y: number,
  scale: number,
  { zoom, scrollX, scrollY }: ReturnType<typeof viewOf>,
) => [(x + scrollX) * zoom.value * scale, (y + scrollY) * zoom.value * scale];

describe("a drawing at another size", () => {
  it.each([
    [viewOf(1, 0, 0), viewOf(0.5, 400, 300), 1],
    [viewOf(0.7, -120, 35.5), viewOf(2.1, -300, 12), 2],
    [viewOf(3, 10_000, -9_000), viewOf(2.9, 10_020, -9_010), 1.25],
  ])("has each point where the editor would draw it", (before, now, scale) => {
    const { x, y, times } = placeOf({ scale, view: before }, now);
    for (const point of [
      [0, 0],
      [812.5, -77],
    ] as const) {
      const [oldX, oldY] = shownAt(point[0], point[1], scale, before) as [number, number];
      const [newX, newY] = shownAt(point[0], point[1], scale, now) as [number, number];
      expect(x + oldX * times).toBeCloseTo(newX, 6);
      expect(y + oldY * times).toBeCloseTo(newY, 6);
    }
  });
});
