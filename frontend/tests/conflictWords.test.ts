import { expect, test } from "vitest";
import type { Conflict } from "../src/conflicts/list";
import type { Side } from "../src/conflicts/record";
import { valueLabel } from "../src/conflicts/words";

const side = (value: Side["value"]): Side => ({ id: "1:1", user: null, name: "Bob", value });

function moved(...places: [number, number][]): Conflict {
  return {
    key: "e/pos",
    element: "e",
    group: "pos",
    at: 0,
    batch: "",
    sides: places.map(side),
    shown: "1:1",
    edited: [],
    shownSide: 1,
    ownSide: 0,
    elementType: "rectangle",
    words: "",
  };
}

test("a place is told as seen from where the thing is now", () => {
  const conflict = moved([-60, 212.4], [100, 0]);
  expect(valueLabel(conflict, [-60, 212.4])).toBe("160 to the left, 212 further down");
  expect(valueLabel(conflict, [130, -5])).toBe("30 to the right, 5 further up");
  expect(valueLabel(conflict, [100, 0])).toBe("Where it is now");
  expect(valueLabel({ ...conflict, shownSide: -1 }, [1, 2])).toBe("Moved to 1, 2");
});

test("what stands against a deletion is told", () => {
  const conflict = { ...moved(), group: "del" };
  expect(valueLabel(conflict, { by: null, at: 1 })).toBe("Deleted it");
  expect(valueLabel({ ...conflict, edited: ["strokeColor", "del"] }, false)).toBe(
    "Changed: Stroke colour",
  );
  expect(valueLabel({ ...conflict, edited: ["del"] }, false)).toBe("Brought it back");
});
