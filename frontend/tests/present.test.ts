import { expect, test } from "vitest";
import { collapsed, decodeActivity, whatHappened } from "../src/activity/words";
import { byDay } from "../src/page/days";
import { inReadingOrder, stepOf } from "../src/present/slides";

const frame = (id: string, x: number, y: number, height = 100) => ({
  id,
  x,
  y,
  width: 160,
  height,
  name: id,
});

test("frames are shown in the order in which one reads, aligned or not", () => {
  const frames = [
    frame("d", 400, 330),
    frame("b", 210, 12),
    frame("c", 0, 300),
    frame("a", 0, 0),
    frame("e", 0, 700),
  ];
  expect(inReadingOrder(frames).map(({ id }) => id)).toEqual(["a", "b", "c", "d", "e"]);
  expect(inReadingOrder([])).toEqual([]);
});

test("keys step through the slides and stop at both ends", () => {
  expect(stepOf("ArrowRight", 0, 3)).toBe(1);
  expect(stepOf(" ", 2, 3)).toBe(2);
  expect(stepOf("ArrowLeft", 0, 3)).toBe(0);
  expect(stepOf("End", 0, 3)).toBe(2);
  expect(stepOf("ArrowRight", 0, 0)).toBe(0);
  expect(stepOf("Delete", 1, 3)).toBeNull();
});

test("days have the names that people use", () => {
  const now = new Date(2026, 5, 15, 10).getTime();
  const at = (day: number, hour: number) => new Date(2026, 5, day, hour).getTime();
  const days = byDay([at(15, 9), at(15, 0), at(14, 23), at(10, 12)], (time) => time, now);
  expect(days.map(({ day, items }) => [day, items.length])).toEqual([
    ["Today", 2],
    ["Yesterday", 1],
    ["Wednesday, June 10", 1],
  ]);
});

test("rows of the audit log become sentences; the same again is counted", () => {
  const row = (id: number, action: string, more: object = {}) =>
    decodeActivity({
      id,
      action,
      created_at: "2026-01-01T00:00:00Z",
      actor_name: "alice",
      level: "owner",
      outcome: "success",
      ...more,
    });
  const changed = row(3, "permission_change", {
    target_name: "bob",
    data: { old: "view", new: "edit" },
  });
  expect(whatHappened(changed)).toBe("changed the access of bob: view → edit");
  expect(whatHappened(row(4, "something_new"))).toBe("something new");
  const rows = [row(1, "room_access"), row(2, "room_access"), changed, row(5, "room_access")];
  expect(collapsed(rows).map(({ count }) => count)).toEqual([2, 1, 1]);
});
