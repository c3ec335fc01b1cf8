import { expect, test } from "vitest";
import { middleOf } from "../src/page/firstView";

test("the middle of a board is where most of it is, not between it and a stray element", () => {
  const elements = [...Array(9)].map((_, i) => ({ id: `e${i}`, x: 1000 + i, y: 500 - i }));
  const board = [...elements, { id: "stray", x: -90_000, y: 70_000 }];
  const [middle] = middleOf(board as unknown as Parameters<typeof middleOf>[0]);
  expect(middle?.id).toMatch(/^e[345]$/);
});
