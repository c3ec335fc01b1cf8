import { generateNKeysBetween } from "fractional-indexing";
import { describe, expect, test } from "vitest";
import { isValidIndex, orderForDisplay } from "../src/canvas/order";
import { Random } from "./support/random";

describe("an index", () => {
  test.each(["a0", "a1V", "Zz", "b00", "a0G"])("%s can be used", (index) => {
    expect(isValidIndex(index)).toBe(true);
  });

  test.each(["", "r00000001", "a", "a00", "0a", "a0!", "ä0", "a 1", 7, null, undefined, "b0"])(
    "%s can not be used",
    (index) => {
      expect(isValidIndex(index)).toBe(false);
    },
  );
});

describe("order for display", () => {
  test("leaves a sound order as it is", () => {
    const entries = generateNKeysBetween(null, null, 50).map((index, i) => ({
      id: `e${i}`,
      index,
    }));
    expect(orderForDisplay(entries)).toEqual(entries);
  });

  test("puts equal indices apart by id, without touching the others", () => {
    const ordered = orderForDisplay([
      { id: "c", index: "a1" },
      { id: "b", index: "a0" },
      { id: "a", index: "a0" },
    ]);
    expect(ordered.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(ordered[0]?.index).toBe("a0");
    expect(ordered[2]?.index).toBe("a1");
  });

  test("is sound and the same for everybody, whatever stands in the document", () => {
    const pool = ["a0", "a1", "a1", "a0V", "r0001", "", "Zz", "a0", null, "b10", "zzz", "a1V"];
    for (let seed = 0; seed < 2000; seed += 1) {
      const random = new Random(seed);
      const entries = Array.from({ length: random.below(14) }, (_, i) => ({
        id: `e${i}`,
        index: random.pick(pool) ?? null,
      }));
      const ordered = orderForDisplay(entries);
      expect(orderForDisplay([...entries].reverse())).toEqual(ordered);
      expect(new Set(ordered.map(({ id }) => id)).size).toBe(entries.length);
      for (const [i, { index }] of ordered.entries()) {
        expect(isValidIndex(index)).toBe(true);
        if (i > 0) expect(index > (ordered[i - 1]?.index ?? "")).toBe(true);
      }
      expect(orderForDisplay(ordered)).toEqual(ordered);
    }
  });
});
