import { expect, test } from "vitest";
import { isDrawnDirectly } from "../src/canvas/small";

const box = { type: "rectangle", width: 30, height: 20, opacity: 100 };
const at = (value: number) => ({ zoom: { value } });

test("what is small on the screen has no picture of its own", () => {
  expect(isDrawnDirectly(box, at(1))).toBe(true);
  expect(isDrawnDirectly(box, at(2))).toBe(false);
  expect(isDrawnDirectly({ ...box, width: -900 }, at(1))).toBe(false);
  expect(isDrawnDirectly({ ...box, width: -900 }, at(0.02))).toBe(true);
});

test("what looks different without its picture keeps it", () => {
  expect(isDrawnDirectly({ ...box, opacity: 50 }, at(1))).toBe(false);
  expect(isDrawnDirectly({ ...box, type: "image" }, at(1))).toBe(false);
  expect(isDrawnDirectly({ ...box, type: "text" }, at(1))).toBe(false);
  const arrow = { ...box, type: "arrow", boundElements: [] as unknown[] };
  expect(isDrawnDirectly(arrow, at(1))).toBe(true);
  expect(isDrawnDirectly({ ...arrow, boundElements: [{ id: "a" }] }, at(1))).toBe(false);
});
