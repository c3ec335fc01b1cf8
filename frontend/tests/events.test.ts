import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BoardConfig } from "../src/config";
import { initialInfo, withEvent } from "../src/sync/boardInfo";
import { type BoardEvent, decodeEvent, EventsSocket } from "../src/sync/events";

class FakeSocket {
  static all: FakeSocket[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  isClosed = false;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  close(): void {
    this.isClosed = true;
  }
}

const last = () => FakeSocket.all.at(-1) as FakeSocket;

describe("the events socket", () => {
  let events: BoardEvent[];
  let socket: EventsSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.stubGlobal("window", new EventTarget());
    events = [];
    socket = new EventsSocket("ws://host/ws/events/board?public=1", (event) => events.push(event));
  });

  afterEach(() => {
    socket.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("hands on what it understands and ignores the rest", () => {
    expect(last().url).toBe("ws://host/ws/events/board?public=1");
    last().onmessage?.({ data: '{"type":"access","level":"view","can_manage":false}' });
    for (const data of [
      "no json",
      "null",
      "[]",
      '{"type":"access","level":"king"}',
      '{"type":"x"}',
    ]) {
      last().onmessage?.({ data });
    }
    expect(events).toEqual([{ type: "access", level: "view", canManage: false }]);
  });

  test("comes back, later each time, and at once when it works again or the network is back", () => {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      last().onclose?.({ code: 1006 });
      vi.advanceTimersByTime(30_000);
    }
    expect(FakeSocket.all).toHaveLength(9);
    last().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(10_000);
    expect(FakeSocket.all).toHaveLength(9);
    window.dispatchEvent(new Event("online"));
    expect(FakeSocket.all).toHaveLength(10);
    window.dispatchEvent(new Event("online"));
    expect(FakeSocket.all).toHaveLength(10);
    last().onmessage?.({ data: "{}" });
    last().onclose?.({ code: 4500 });
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.all).toHaveLength(11);
  });

  test.each([4001, 4003, 4404])("does not come back after %i", (code) => {
    last().onclose?.({ code });
    vi.advanceTimersByTime(120_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});

describe("the board", () => {
  const config = {
    boardId: "b1",
    level: "edit",
    shareUrl: "/share",
    title: "Plan",
    isLocked: false,
    workshop: 0,
    notice: null,
  } as unknown as BoardConfig;
  const info = initialInfo(config);
  const changed = (data: object) => {
    const event = decodeEvent(JSON.stringify(data));
    return event ? withEvent(info, event, config) : info;
  };

  test("says whether a workshop is on", () => {
    expect(changed({ type: "workshop", revision: 5, workshop: {} }).workshop).toBe(5);
    expect(changed({ type: "workshop", revision: 6, workshop: null })).toBe(info);
    const opening = { type: "access", level: "edit", can_manage: true, workshop: 7 };
    expect(changed(opening).workshop).toBe(7);
  });

  test("is the same object while the server says what is known", () => {
    expect(changed({ type: "access", level: "edit", can_manage: true })).toBe(info);
    expect(changed({ type: "board", title: "Plan", is_locked: false })).toBe(info);
  });

  test("loses editing and sharing, and says so", () => {
    const next = changed({ type: "access", level: "view", can_manage: false });
    expect(next).toMatchObject({ level: "view", shareUrl: null });
    expect(next.notice).toContain("view this board now");
  });

  test("is renamed and locked", () => {
    const renamed = changed({ type: "board", title: "New", is_locked: true });
    expect(renamed).toMatchObject({ title: "New", isLocked: true, notice: null });
  });

  test("learns at every opening what it has missed", () => {
    const state = { level: "edit", can_manage: true, title: "New", is_locked: true };
    const next = changed({ type: "access", ...state });
    expect(next).toMatchObject({ title: "New", isLocked: true, level: "edit", notice: null });
    expect(changed({ type: "access", ...state, title: "Plan", is_locked: false })).toBe(info);
  });

  test("begins locked where it was locked when the page was rendered", () => {
    expect(initialInfo({ ...config, isLocked: true }).isLocked).toBe(true);
  });

  test("can be shared by who may do so since a moment ago", () => {
    const guest = { ...config, shareUrl: null } as BoardConfig;
    const event = { type: "access", level: "edit", canManage: true } as const;
    expect(withEvent(initialInfo(guest), event, guest).shareUrl).toBe("/board/b1/share");
  });
});
