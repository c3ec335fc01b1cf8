import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepSessionInUse, USE_SECONDS } from "../src/page/sessionUse";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("whoever draws keeps the session, seldom, and only while they do something", () => {
  const asked = vi.fn(() => Promise.reject(new Error("offline")));
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal("window", new EventTarget());
  const stop = keepSessionInUse("/login");
  const act = () => window.dispatchEvent(new Event("pointerdown"));
  act();
  expect(asked).toHaveBeenCalledTimes(0);
  vi.advanceTimersByTime(USE_SECONDS * 1000 + 1);
  expect(asked).toHaveBeenCalledTimes(0);
  for (let i = 0; i < 5; i++) act();
  expect(asked).toHaveBeenCalledExactlyOnceWith("/login", { method: "HEAD", redirect: "manual" });
  vi.advanceTimersByTime(USE_SECONDS * 1000 + 1);
  window.dispatchEvent(new Event("keydown"));
  expect(asked).toHaveBeenCalledTimes(2);
  stop();
  vi.advanceTimersByTime(USE_SECONDS * 1000 + 1);
  act();
  expect(asked).toHaveBeenCalledTimes(2);
});
