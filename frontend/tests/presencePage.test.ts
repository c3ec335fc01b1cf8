// @vitest-environment happy-dom
/** Presence as a page sends and shows it, with real awareness. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { Follow } from "../src/presence/follow";
import { Presence } from "../src/presence/presence";
import { EditorApi } from "./support/editorApi";

const ALICE = { id: "1", name: "Alice" };
const ONE_FINGER = new Map([[1, {}]]);

let awareness: Awareness;
let editor: EditorApi;
let presence: Presence;

beforeEach(() => {
  vi.useFakeTimers();
  awareness = new Awareness(new Y.Doc());
  editor = new EditorApi();
  presence = new Presence(awareness, editor.api, ALICE);
});
afterEach(() => {
  awareness.destroy();
  vi.useRealTimers();
});

const own = () => awareness.getLocalState() as Record<string, unknown>;

const point = (x: number, y: number, fingers: ReadonlyMap<number, unknown> = ONE_FINGER) =>
  presence.onPointerUpdate({
    pointer: { x, y, tool: "pointer" },
    button: "up",
    pointersMap: fingers,
  });

/** Somebody else's state arrives; `null`: they are gone. */
function receive(client: number, state: Record<string, unknown> | null): void {
  const added = !awareness.states.has(client);
  if (state) awareness.states.set(client, state);
  else awareness.states.delete(client);
  const changes = { added: added ? [client] : [], updated: [], removed: state ? [] : [client] };
  awareness.emit("change", [changes, "remote"]);
}

function setVisibility(state: "visible" | "hidden"): void {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

describe("what is sent", () => {
  test("is a pointer in steps, to a tenth, and the last one of a movement", () => {
    point(1.234, 5.678);
    vi.advanceTimersByTime(40);
    expect(own().pointer).toEqual({ x: 1.2, y: 5.7, tool: "pointer" });
    const sent = vi.fn();
    awareness.on("update", sent);
    for (let x = 0; x < 50; x += 1) point(x, 0);
    vi.advanceTimersByTime(33);
    expect(sent).toHaveBeenCalledTimes(1);
    expect(own().pointer).toEqual({ x: 49, y: 0, tool: "pointer" });
  });

  test("is no pointer of two fingers, and none once the window is left", () => {
    point(1, 1, new Map([...ONE_FINGER, [2, {}]]));
    vi.advanceTimersByTime(40);
    expect(own().pointer).toBeNull();
    point(1, 1);
    vi.advanceTimersByTime(40);
    expect(own().pointer).not.toBeNull();
    window.dispatchEvent(new Event("blur"));
    vi.advanceTimersByTime(40);
    expect(own().pointer).toBeNull();
  });

  test("says that one is idle after a minute, away while the page is hidden, and back", () => {
    vi.advanceTimersByTime(60_100);
    expect(own().state).toBe("idle");
    window.dispatchEvent(new Event("keydown"));
    vi.advanceTimersByTime(40);
    expect(own().state).toBe("active");
    setVisibility("hidden");
    // At once: nothing runs on time in a hidden page.
    expect(own().state).toBe("away");
    vi.advanceTimersByTime(120_000);
    expect(own().state).toBe("away");
    setVisibility("visible");
    vi.advanceTimersByTime(40);
    expect(own().state).toBe("active");
  });

  test("is the selection when it changed, shorter for people who may only look", () => {
    const ids = Array.from({ length: 60 }, (_none, index) => `element-${index}`.padEnd(21, "x"));
    const selectedElementIds = Object.fromEntries(ids.map((id) => [id, true]));
    editor.setState({ selectedElementIds });
    presence.onEditorChange();
    vi.advanceTimersByTime(40);
    expect(own().selected).toHaveLength(50);
    editor.setState({ selectedElementIds, viewModeEnabled: true });
    presence.onEditorChange();
    vi.advanceTimersByTime(40);
    expect(JSON.stringify(own().selected).length).toBeLessThan(510);
  });

  test("ends with the page", () => {
    window.dispatchEvent(new Event("pagehide"));
    expect(awareness.getLocalState()).toBeNull();
  });
});

describe("what is shown", () => {
  const shown = () => {
    vi.advanceTimersByTime(300);
    return editor.collaborators;
  };

  test("are others with name, pointer and selection, and oneself without", () => {
    const pointer = { x: 3, y: 4, tool: "laser" };
    receive(7, { user: { id: "2", name: "Bob" }, pointer, selected: ["a"], state: "idle" });
    const people = shown();
    expect([...people.keys()].sort()).toEqual([String(awareness.clientID), "7"].sort());
    expect(people.get("7")).toMatchObject({
      username: "Bob",
      pointer,
      selectedElementIds: { a: true },
      userState: "idle",
      isCurrentUser: false,
    });
    expect(people.get(String(awareness.clientID))).toMatchObject({ isCurrentUser: true });
    receive(7, null);
    expect(shown().has("7")).toBe(false);
  });

  test("are marks around elements until there is nothing to mark", () => {
    presence.mark("__conflict", ["a", "b"]);
    expect(shown().get("__conflict")).toEqual({ selectedElementIds: { a: true, b: true } });
    presence.mark("__conflict", []);
    expect(shown().has("__conflict")).toBe(false);
  });

  test("is who presents, never oneself, the first of several", () => {
    const heard = vi.fn();
    presence.subscribe(heard);
    const end = presence.present();
    vi.advanceTimersByTime(40);
    expect(own().presenting).toBe(true);
    expect(presence.presenter()).toBeNull();
    receive(7, { user: { id: "2", name: "Bob" }, presenting: true });
    receive(8, { user: { id: "3", name: "Carol" }, presenting: true });
    expect(presence.presenter()).toEqual({ client: "7", name: "Bob" });
    expect(heard).toHaveBeenCalledTimes(1);
    receive(7, null);
    expect(presence.presenter()).toEqual({ client: "8", name: "Carol" });
    end();
    vi.advanceTimersByTime(40);
    expect(own().presenting).toBe(false);
  });
});

describe("following", () => {
  let follow: Follow;

  beforeEach(() => {
    follow = new Follow(awareness, editor.api);
    receive(7, { user: { id: "2", name: "Bob" }, view: [0, 0, 800, 600] });
  });

  test("shows what the other sees, and ends when they leave", () => {
    follow.follow("7", "Bob");
    expect(follow.followedClient()).toBe("7");
    expect(own().follow).toBe("7");
    receive(7, { view: [1000, 1000, 1800, 1600] });
    const { scrollX, scrollY } = editor.getAppState() as { scrollX?: number; scrollY?: number };
    expect([scrollX, scrollY]).toEqual([-1000, -1000]);
    receive(7, null);
    expect(follow.followedClient()).toBeNull();
    expect(own().follow).toBeNull();
  });

  test("does not go where nothing can be, nor in circles", () => {
    follow.follow("7", "Bob");
    const before = editor.getAppState();
    receive(7, { view: [0, 0, 1e7, 600] });
    receive(7, { view: [800, 0, 0, 600] });
    receive(7, { view: [5, 5, 805, 605], follow: String(awareness.clientID) });
    expect(editor.getAppState()).toMatchObject({
      scrollX: (before as { scrollX?: number }).scrollX,
    });
  });

  test("tells who follows what one sees, and nobody else", () => {
    editor.scroll({ scrollX: -100, scrollY: -50 });
    vi.advanceTimersByTime(100);
    expect(own().view).toBeUndefined();
    receive(7, { follow: String(awareness.clientID) });
    vi.advanceTimersByTime(100);
    expect(own().view).toEqual([100, 50, 900, 650]);
    editor.scroll({ scrollX: -2e6, scrollY: 0 });
    vi.advanceTimersByTime(100);
    expect((own().view as number[])[2]).toBe(1_000_000);
  });
});
