/** The parts of an open board that need no browser: where its events come from, how often it counts. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { eventsPath } from "../src/sync/events";
import { Throttle } from "../src/sync/throttle";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("events are asked for with the same credentials, but without what only edits need", () => {
  const config = {
    socketBase: "/prefix/ws/canvas",
    boardId: "b1",
    socketParams: { saved: "1", token: "a b" },
  };
  expect(eventsPath(config)).toBe("/prefix/ws/events/b1?token=a+b");
  expect(eventsPath({ ...config, socketParams: { saved: "1" } })).toBe("/prefix/ws/events/b1");
});

test("the first change is counted at once, a burst after it once more", () => {
  const work = vi.fn();
  const throttle = new Throttle(work);
  for (let change = 0; change < 100; change++) throttle.soon();
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(149);
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10_000);
  expect(work).toHaveBeenCalledTimes(2);
});

test("counting that takes long takes a tenth of the time at most", () => {
  const work = vi.fn(() => void vi.advanceTimersByTime(100));
  const throttle = new Throttle(work);
  throttle.soon();
  throttle.soon();
  vi.advanceTimersByTime(999);
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledTimes(2);
});

test("what is counted now is not due any more", () => {
  const work = vi.fn();
  const throttle = new Throttle(work);
  throttle.soon();
  throttle.soon();
  throttle.now();
  vi.advanceTimersByTime(10_000);
  expect(work).toHaveBeenCalledTimes(2);
});
