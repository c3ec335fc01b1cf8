import { describe, expect, test } from "vitest";
import { type Pair, stretchedElbow, stretchedLine } from "../src/conflicts/stretch";
import { Random } from "./support/random";

/** A path of straight parts that turn by a right angle at every corner. */
function elbow(random: Random): Pair[] {
  let [x, y] = [0, 0];
  let isAcross = random.chance(2);
  const points: Pair[] = [[0, 0]];
  for (let parts = 1 + random.below(5); parts > 0; parts -= 1) {
    const length = (10 + random.below(90)) * (random.chance(2) ? 1 : -1);
    [x, y] = isAcross ? [x + length, y] : [x, y + length];
    points.push([x, y]);
    isAcross = !isAcross;
  }
  return points;
}

describe("an arrow whose ends went elsewhere", () => {
  test("an elbow reaches both places and has only right angles, whatever its form", () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const random = new Random(seed);
      const points = elbow(random);
      const start: Pair = [random.below(400) - 200, random.below(400) - 200];
      const end: Pair = random.chance(4)
        ? start
        : [random.below(400) - 200, random.below(400) - 200];
      const moved = stretchedElbow(points, start, end);
      const [x = 0, y = 0] = points.at(-1) ?? [];
      expect(moved[0]).toEqual([0, 0]);
      expect(moved.at(-1)?.[0]).toBeCloseTo(x + end[0] - start[0]);
      expect(moved.at(-1)?.[1]).toBeCloseTo(y + end[1] - start[1]);
      for (let i = 1; i < moved.length; i += 1) {
        const [from, to] = [moved[i - 1] ?? [0, 0], moved[i] ?? [0, 0]];
        const slant = Math.min(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
        expect(slant, `slanting in run ${seed}`).toBeCloseTo(0);
      }
      if (start === end) expect(moved).toEqual(points);
    }
  });

  test("a straight elbow gets a step in its middle", () => {
    const points: Pair[] = [
      [0, 0],
      [100, 0],
    ];
    expect(stretchedElbow(points, [0, 0], [20, 40])).toEqual([
      [0, 0],
      [60, 0],
      [60, 40],
      [120, 40],
    ]);
  });

  test("the bends of another arrow stay where they are on the board", () => {
    const points: Pair[] = [
      [0, 0],
      [50, 50],
      [100, 0],
    ];
    expect(stretchedLine(points, [10, 0], [0, 30])).toEqual([
      [0, 0],
      [40, 50],
      [90, 30],
    ]);
  });
});
