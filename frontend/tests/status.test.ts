import { expect, describe as group, test } from "vitest";
import { describe, initialState, reduce, type SyncEvent } from "../src/sync/status";

const NOW = 1_000_000;

function after(events: readonly SyncEvent[], { canEdit = true, isOnline = true, now = NOW } = {}) {
  const state = events.reduce(
    (current, event) => reduce(current, event, NOW),
    initialState(canEdit, isOnline),
  );
  return describe(state, now);
}

const CONNECT: SyncEvent[] = [
  { type: "storage", storage: "kept" },
  { type: "connecting" },
  { type: "connected" },
];
const SYNC: SyncEvent[] = [...CONNECT, { type: "synced" }];
const LOST: SyncEvent = { type: "lost", retryAt: NOW + 7400 };

group("the status badge", () => {
  test("starts by connecting, and an open socket alone is not yet saved", () => {
    expect(after([]).label).toBe("Connecting…");
    expect(after(CONNECT).kind).toBe("connecting");
  });

  test("says saved only when nothing is left", () => {
    expect(after(SYNC).label).toBe("Saved");
    expect(after([...SYNC, { type: "unsaved", changes: 3 }])).toMatchObject({
      kind: "saving",
      changes: 3,
    });
    const done: SyncEvent[] = [...SYNC, { type: "unsaved", changes: 3 }];
    expect(after([...done, { type: "unsaved", changes: 0 }]).kind).toBe("saved");
  });

  test("shows how far a large piece of work is", () => {
    const events: SyncEvent[] = [
      ...SYNC,
      { type: "unsaved", changes: 9000 },
      { type: "progress", share: 0.349 },
    ];
    expect(after(events)).toMatchObject({ kind: "saving", label: "Saving… 34 %" });
    expect(after([...events, { type: "progress", share: null }]).label).toBe("Saving…");
  });

  test("mentions a save that takes long", () => {
    const events: SyncEvent[] = [...SYNC, { type: "unsaved", changes: 1 }];
    expect(after(events, { now: NOW + 2000 }).detail).toBe("");
    expect(after(events, { now: NOW + 11_000 }).detail).toContain("longer than usual");
  });

  test("counts down to the next attempt and offers to try now", () => {
    expect(after([...SYNC, LOST])).toMatchObject({
      kind: "reconnecting",
      label: "Reconnecting in 8 s",
      canRetry: true,
      detail: "",
    });
    expect(after([...SYNC, LOST], { now: NOW + 9000 }).label).toBe("Reconnecting in 1 s");
  });

  test("also after a first attempt that failed", () => {
    expect(after([{ type: "connecting" }, LOST]).kind).toBe("reconnecting");
  });

  test("tells offline from a server that is away, and what is kept on the device", () => {
    const events: SyncEvent[] = [
      ...SYNC,
      LOST,
      { type: "network", isOnline: false },
      { type: "unsaved", changes: 12 },
    ];
    expect(after(events)).toMatchObject({
      kind: "offline",
      label: "Offline",
      detail: "12 changes kept on this device",
    });
    // An attempt without network does not make the badge flicker.
    expect(after([...events, { type: "connecting" }]).kind).toBe("offline");
  });

  test("never claims that changes are kept where they are not", () => {
    for (const storage of ["failed", "unknown"] as const) {
      const events: SyncEvent[] = [
        ...SYNC,
        { type: "storage", storage },
        { type: "unsaved", changes: 1 },
        LOST,
      ];
      expect(after(events).detail).toBe("1 change not saved yet: keep this page open");
    }
  });

  test("does not take a late sync for a working connection", () => {
    expect(after([...SYNC, LOST, { type: "synced" }]).kind).toBe("reconnecting");
  });

  test("names why the server does not want us back", () => {
    const closed = (code: number) => after([...SYNC, { type: "closed", code, reason: "" }]);
    expect(closed(4001).label).toBe("Signed out");
    expect(closed(4003).label).toBe("No access");
    expect(closed(4404).label).toBe("Board deleted");
    expect(closed(4413).label).toBe("Change too big");
    const full = { code: 4413, reason: "This board is full (200 MB). Deleting still works." };
    expect(after([...SYNC, { type: "closed", ...full }]).label).toBe("Board is full");
    expect(closed(4400)).toMatchObject({ kind: "closed", label: "Disconnected", canRetry: false });
  });

  test("never says saved to who may only look, and tells what can not be saved", () => {
    expect(after(SYNC, { canEdit: false }).label).toBe("View only");
    const leftOver = after([...SYNC, { type: "unsaved", changes: 2 }], { canEdit: false });
    expect(leftOver).toMatchObject({ kind: "refused", changes: 2 });
  });

  test("says saved in no state but a synced one without changes, in any order of events", () => {
    const all: SyncEvent[] = [
      { type: "connecting" },
      { type: "connected" },
      { type: "synced" },
      LOST,
      { type: "closed", code: 4400, reason: "" },
      { type: "unsaved", changes: 1 },
      { type: "unsaved", changes: 0 },
      { type: "network", isOnline: false },
    ];
    const walk = (events: readonly SyncEvent[], depth: number) => {
      const state = events.reduce((s, event) => reduce(s, event, NOW), initialState(true, true));
      if (describe(state, NOW).kind === "saved") {
        expect(state.phase.name).toBe("synced");
        expect(state.changes).toBe(0);
      }
      if (depth > 0) for (const event of all) walk([...events, event], depth - 1);
    };
    walk([], 5);
  });
});
