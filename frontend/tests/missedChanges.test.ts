import { describe, expect, test } from "vitest";
import { type BoardEvent, decodeEvent } from "../src/sync/events";
import { MissedChanges } from "../src/sync/missedChanges";

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
    const missed = new MissedChanges("comments");
    expect(missed.missed(opened(1, 5))).toEqual({ number: 5 });
    missed.asked(5);
    expect(missed.missed(opened(2, 5))).toBeNull();
    expect(missed.missed(opened(2, 6))).toEqual({ number: 6 });
  });

  test("again and again until it could be read", () => {
    const missed = new MissedChanges("versions");
    expect(missed.missed(opened(1, 5))).toEqual({ number: 1 });
    expect(missed.missed(opened(1, 5))).toEqual({ number: 1 });
  });

  test("after an event of its own, of which nobody knows the number", () => {
    const missed = new MissedChanges("versions");
    missed.asked(1);
    expect(missed.missed({ type: "comment", isDeleted: true, comment: { id: "x" } })).toBeNull();
    expect(missed.missed(opened(1, 9))).toBeNull();
    expect(missed.missed({ type: "versions" })).toBeNull();
    expect(missed.missed(opened(2, 9))).toEqual({ number: 2 });
  });

  test("when the level changed, and with servers that tell no numbers", () => {
    const missed = new MissedChanges("comments");
    missed.asked(5);
    expect(missed.missed(levelChanged)).toEqual({ number: null });
    missed.asked(null);
    expect(missed.missed(levelChanged)).toEqual({ number: null });
  });
});
