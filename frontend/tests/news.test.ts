import { describe, expect, test } from "vitest";
import { type BoardEvent, decodeEvent } from "../src/sync/events";
import { News } from "../src/sync/news";

const opened = (versions: number, comments: number) =>
  decodeEvent(
    JSON.stringify({
      type: "access",
      level: "edit",
      can_manage: true,
      title: "Plan",
      is_locked: false,
      versions,
      comments,
    }),
  ) as BoardEvent;
const levelChanged = { type: "access", level: "view", canManage: false } as const;

describe("whether a list has to be asked for again", () => {
  test("not when nothing has changed since it was read", () => {
    const news = new News("comments");
    expect(news.missed(opened(1, 5))).toEqual({ number: 5 });
    news.asked(5);
    expect(news.missed(opened(2, 5))).toBeNull();
    expect(news.missed(opened(2, 6))).toEqual({ number: 6 });
  });

  test("again and again until it could be read", () => {
    const news = new News("versions");
    expect(news.missed(opened(1, 5))).toEqual({ number: 1 });
    expect(news.missed(opened(1, 5))).toEqual({ number: 1 });
  });

  test("after an event of its own, of which nobody knows the number", () => {
    const news = new News("versions");
    news.asked(1);
    expect(news.missed({ type: "comment", isDeleted: true, comment: { id: "x" } })).toBeNull();
    expect(news.missed(opened(1, 9))).toBeNull();
    expect(news.missed({ type: "versions" })).toBeNull();
    expect(news.missed(opened(2, 9))).toEqual({ number: 2 });
  });

  test("when the level changed, and with servers that tell no numbers", () => {
    const news = new News("comments");
    news.asked(5);
    expect(news.missed(levelChanged)).toEqual({ number: null });
    news.asked(null);
    expect(news.missed(levelChanged)).toEqual({ number: null });
  });
});
