/** Workshops: what the server says, what is left of a timer, dots, and notes that stay in the page. */
import { describe, expect, test } from "vitest";
import type { SceneElement } from "../src/canvas/groups";
import { Hold } from "../src/workshop/hold";
import { reactionIn } from "../src/workshop/others";
import { clockText, decodeWorkshop, leftOf, withDot } from "../src/workshop/state";

const SAID = {
  now: 1_000_000,
  revision: 7,
  lead: { id: "3", name: "Alice", free_at: 1_150_000 },
  timer: { seconds: 60, ends_at: 1_030_000, left_ms: null },
  vote: { id: "v", dots: 2, objects: ["a", "b"], finished: 1, results: null },
  writing: null,
};

describe("the state of a workshop", () => {
  test("counts times by the clock of the page, whatever the device's says", () => {
    const workshop = decodeWorkshop(SAID, 500);
    expect(workshop?.leadUntil).toBe(150_500);
    expect(workshop?.timer && leftOf(workshop.timer, 500)).toBe(30_000);
    expect(workshop?.timer && leftOf(workshop.timer, 10_500)).toBe(20_000);
    expect(workshop?.timer && leftOf(workshop.timer, 99_999_999)).toBe(0);
  });

  test("keeps what is left while the timer stands still", () => {
    const paused = { ...SAID, timer: { seconds: 60, ends_at: null, left_ms: 12_000 } };
    const timer = decodeWorkshop(paused, 500)?.timer;
    expect(timer && leftOf(timer, 1_000_000)).toBe(12_000);
  });

  test.each([null, "x", 1, {}, { revision: "7" }, []])("is none of %j", (said) => {
    expect(decodeWorkshop(said, 0)).toBeNull();
  });

  test("ranks results by their dots", () => {
    const results = { dots: { a: 1, b: 5, c: 3 }, people: 4, guests: 1 };
    const workshop = decodeWorkshop({ ...SAID, vote: { ...SAID.vote, results } }, 0);
    expect(workshop?.vote?.results?.ranked.map(([id]) => id)).toEqual(["b", "c", "a"]);
  });

  test.each([
    [0, "0:00"],
    [1, "0:01"],
    [59_001, "1:00"],
    [300_000, "5:00"],
    [3_723_000, "1:02:03"],
  ])("says %i ms as %s", (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });
});

test("a ballot never has more dots than everybody has, nor on something else", () => {
  const vote = decodeWorkshop(SAID, 0)?.vote;
  if (!vote) throw new Error("There is a vote.");
  const none = { dots: {}, isDone: false };
  const one = withDot(none, vote, "a", 1);
  const two = withDot(one, vote, "a", 1);
  expect(two.dots).toEqual({ a: 2 });
  expect(withDot(two, vote, "b", 1)).toBe(two);
  expect(withDot(none, vote, "x", 1)).toBe(none);
  expect(withDot(none, vote, "a", -1)).toBe(none);
  expect(withDot(one, vote, "a", -1).dots).toEqual({});
});

describe("private writing", () => {
  const element = (id: string, more: object): SceneElement => ({
    ...{ id, type: "rectangle", version: 1, versionNonce: 1, index: null, isDeleted: false },
    ...more,
  });
  const note = element("n", { customData: { note: true } });
  const text = element("t", { type: "text", containerId: "n" });
  const other = element("r", {});
  const label = element("l", { type: "text", containerId: "r" });

  test("new notes stay in the page until the round is over", () => {
    const hold = new Hold(() => true);
    hold.setOpen(true);
    expect([note, text, other, label].map(hold.holds)).toEqual([true, true, false, false]);
    expect(hold.isHeld("t")).toBe(true);
    hold.setOpen(false);
    expect([note, text].map(hold.holds)).toEqual([false, false]);
  });

  test("a page that does not know yet keeps notes while a workshop is on, and no others", () => {
    let isOn = false;
    const hold = new Hold(() => isOn);
    expect(hold.holds(note)).toBe(false);
    isOn = true;
    expect(hold.holds(note)).toBe(true);
    expect(hold.holds(other)).toBe(false);
  });
});

test.each([
  null,
  {},
  { reaction: "👍" },
  { reaction: { emoji: "<b>", x: 0, y: 0, n: 1 } },
  { reaction: { emoji: "👍", x: 1e300, y: 0, n: 1 } },
  { reaction: { emoji: "👍", x: 0, y: 0, n: "1" } },
])("%j is no reaction", (state) => {
  expect(reactionIn(state)).toBeNull();
});
