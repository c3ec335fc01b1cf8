import { expect, test } from "vitest";
import { isAnySelected, isInOrder } from "../src/canvas/passes";

const elements = (...indices: (string | null | undefined)[]) => indices.map((index) => ({ index }));

test("elements whose indices rise are left alone", () => {
  expect(isInOrder([])).toBe(true);
  expect(isInOrder(elements("a0", "a1", "a1V", "a2"))).toBe(true);
});

test("an index that is missing, repeated or too small is looked for", () => {
  expect(isInOrder(elements("a0", "a0"))).toBe(false);
  expect(isInOrder(elements("a1", "a0"))).toBe(false);
  expect(isInOrder(elements("a0", null))).toBe(false);
  expect(isInOrder(elements(undefined, "a1"))).toBe(false);
  expect(isInOrder([{}])).toBe(false);
});

test("only ids that are marked are selected", () => {
  expect(isAnySelected({})).toBe(false);
  expect(isAnySelected({ a: false })).toBe(false);
  expect(isAnySelected({ a: false, b: true })).toBe(true);
});
