// @vitest-environment happy-dom
/** One open board, from the document to the server and back, with a real copy in the browser. */
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { storageKey } from "../src/config";
import { keptCopies } from "../src/copies";
import { CloseCode } from "../src/sync/codes";
import type { BoardSession } from "../src/sync/session";
import { closeBoards, configOf, drawIn, groupOf, openBoard } from "./support/board";
import { BoardServer } from "./support/boardServer";

let server: BoardServer;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  server = new BoardServer();
  server.install();
});
afterEach(() => {
  closeBoards();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });

async function synced(config = configOf()) {
  const session = openBoard(config);
  await until(() => expect(["saved", "viewing"]).toContain(session.status().kind));
  return session;
}

describe("an edit", () => {
  test("reaches the server, and others, and is saved when the server says so", async () => {
    const [alice, bob] = [await synced(), await synced()];
    server.isCommitting = false;
    drawIn(alice.doc, "a");
    await until(() => expect(groupOf(bob.doc, "a", "type")).toBe("rectangle"));
    await until(() => expect(alice.status()).toMatchObject({ kind: "saving", changes: 1 }));
    expect(bob.status().kind).toBe("saved");
    server.commit();
    await until(() => expect(alice.status()).toMatchObject({ kind: "saved", changes: 0 }));
  });

  test("that comes from others is shown and counts as saved", async () => {
    const session = await synced();
    server.edit((doc) => drawIn(doc, "b"));
    await until(() => expect(groupOf(session.doc, "b", "type")).toBe("rectangle"));
    expect(session.status()).toMatchObject({ kind: "saved", changes: 0 });
  });

  test("without network is kept on the device, and a later page sends it", async () => {
    const config = configOf();
    const first = await synced(config);
    server.vanish();
    await until(() => expect(first.status().kind).toBe("reconnecting"));
    drawIn(first.doc, "kept");
    await until(() =>
      expect(first.status()).toMatchObject({ changes: 1, detail: "1 change kept on this device" }),
    );
    expect(keptCopies()).toMatchObject([{ key: storageKey(config), title: "Plan", unsaved: 1 }]);
    closeBoards();

    server.isReachable = true;
    const second = openBoard(config);
    await until(() => expect(groupOf(server.doc, "kept", "type")).toBe("rectangle"));
    await until(() => expect(second.status()).toMatchObject({ kind: "saved", changes: 0 }));
    expect(keptCopies()).toMatchObject([{ unsaved: 0 }]);
  });

  test("of the same thing on both sides of an offline stretch is a conflict to decide", async () => {
    server.edit((doc) => drawIn(doc, "a"));
    const session = await synced();
    server.vanish();
    const mine = session.doc.getMap<Y.Map<unknown>>("elements").get("a");
    mine?.set("strokeColor", "#f00");
    server.edit((doc) =>
      doc.getMap<Y.Map<unknown>>("elements").get("a")?.set("strokeColor", "#00f"),
    );
    server.isReachable = true;
    session.retryNow();
    await until(() => expect(session.conflicts.snapshot()).toHaveLength(1));
    expect(session.conflicts.snapshot()[0]).toMatchObject({ element: "a", group: "strokeColor" });
    // What everybody else has seen stands until somebody decides.
    await until(() => expect(groupOf(server.doc, "a", "strokeColor")).toBe("#00f"));
  });
});

describe("two edits of one value that are committed together", () => {
  const bobsConfig = () =>
    configOf({ user: { id: "2", name: "Bob", username: "bob", picture: "" } });
  const colour = (doc: Y.Doc, value: string) =>
    doc.getMap<Y.Map<unknown>>("elements").get("a")?.set("strokeColor", value);

  /** Alice and Bob, whose colours wait to be committed. */
  async function colouring(): Promise<[BoardSession, BoardSession]> {
    server.edit((doc) => drawIn(doc, "a"));
    const [alice, bob] = [await synced(), await synced(bobsConfig())];
    server.batch = [];
    colour(alice.doc, "#f00");
    colour(bob.doc, "#00f");
    await until(() => expect(server.batch).toHaveLength(2));
    return [alice, bob];
  }

  async function asked(session: BoardSession): Promise<void> {
    await until(() => expect(session.conflicts.snapshot()).toHaveLength(1));
    const [conflict] = session.conflicts.snapshot();
    expect(conflict?.sides.map(({ value }) => value).sort()).toEqual(["#00f", "#f00"]);
  }

  test("have not seen each other", async () => {
    const people = await colouring();
    server.commitBatch();
    await until(() => expect(groupOf(people[0].doc, "a", "strokeColor")).toMatch(/#f00|#00f/));
    for (const session of people) await asked(session);
  });

  test("are a conflict for both when they return, if the server died before telling anybody", async () => {
    const people = await colouring();
    server.vanish();
    server.batch = null;
    server.isReachable = true;
    for (const session of people) session.retryNow();
    for (const session of people) await asked(session);
    await until(() => expect(server.doc.getMap("conflicts").size).toBe(1));
  });

  test("are not asked about again once somebody has decided", async () => {
    const [alice, bob] = await colouring();
    server.isReachable = false;
    alice.connection.restart();
    server.commitBatch();
    await asked(bob);
    bob.doc.transact(() => {
      colour(bob.doc, "#00f");
      bob.doc.getMap("conflicts").delete("a/strokeColor");
    });
    await until(() => expect(server.doc.getMap("conflicts").size).toBe(0));
    server.isReachable = true;
    alice.retryNow();
    await until(() => expect(alice.status().kind).toBe("saved"));
    expect(groupOf(alice.doc, "a", "strokeColor")).toBe("#00f");
    expect(alice.conflicts.snapshot()).toEqual([]);
    expect(server.doc.getMap("conflicts").size).toBe(0);
  });
});

describe("what is counted as unsaved", () => {
  test("are images and comments on their way as well", async () => {
    const session = await synced();
    session.setPendingUploads(2);
    expect(session.status().changes).toBe(2);
    session.setPendingComments(1);
    expect(session.status().changes).toBe(3);
    session.setPendingUploads(0);
    session.setPendingComments(0);
    expect(session.status()).toMatchObject({ kind: "saved", changes: 0 });
  });

  test("are not the comments of people who may not draw, but their copy stays for them", async () => {
    const config = configOf({ level: "comment" });
    server.access = { type: "access", level: "comment", can_manage: false };
    const session = await synced(config);
    session.setPendingComments(1);
    expect(session.status()).toMatchObject({ kind: "viewing", changes: 0 });
    expect(keptCopies()).toMatchObject([{ unsaved: 1 }]);
    server.close(CloseCode.NO_PERMISSION);
    await until(() => expect(session.closeCode).toBe(CloseCode.NO_PERMISSION));
    expect(keptCopies()).toHaveLength(1);
  });

  test("keeps a page from closing only when this browser stores nothing", async () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    const session = await synced();
    server.isCommitting = false;
    const leave = () => {
      const event = new Event("beforeunload", { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(leave()).toBe(false);
    drawIn(session.doc, "a");
    await until(() => expect(session.status().changes).toBe(1));
    expect(leave()).toBe(true);
  });
});

describe("the server decides", () => {
  test("who may edit: what was drawn is written first, and edits go on when the right is back", async () => {
    const session = await synced();
    const before = vi.fn(() => drawIn(session.doc, "last"));
    session.onBeforeLevel = before;
    server.say({ type: "access", level: "view", can_manage: false });
    await until(() => expect(session.canEdit).toBe(false));
    expect(before).toHaveBeenCalledTimes(1);
    await until(() => expect(groupOf(server.doc, "last", "type")).toBe("rectangle"));
    expect(session.board()).toMatchObject({ level: "view", shareUrl: null });
    expect(session.board().notice).toMatch(/you can view this board now/);
    await until(() => expect(session.status().kind).toBe("viewing"));

    server.say({ type: "access", level: "edit", can_manage: false });
    await until(() => expect(session.status().kind).toBe("saved"));
    drawIn(session.doc, "again");
    await until(() => expect(groupOf(server.doc, "again", "type")).toBe("rectangle"));
  });

  test("that a board is gone: its copy leaves the device, unless work is in it", async () => {
    const [lost, kept] = [configOf(), configOf()];
    const empty = await synced(lost);
    const busy = await synced(kept);
    server.isCommitting = false;
    drawIn(busy.doc, "unsaved");
    await until(() => expect(busy.status().changes).toBe(1));
    server.close(CloseCode.BOARD_GONE);
    await until(() => expect(busy.closeCode).toBe(CloseCode.BOARD_GONE));
    expect(empty.status().label).toBe("Board deleted");
    expect(keptCopies().map(({ key }) => key)).toEqual([storageKey(kept)]);
    const databases = await indexedDB.databases();
    expect(databases.map(({ name }) => name)).toContain(storageKey(kept));
    await until(async () => expect(server.countOf("canvas")).toBe(0));
  });

  test("what a page hears of the board besides the drawing", async () => {
    const session = await synced();
    const heard: string[] = [];
    const stop = session.onEvent(({ type }) => heard.push(type));
    server.say({ type: "board", title: "Renamed", is_locked: true });
    await until(() => expect(session.board()).toMatchObject({ title: "Renamed", isLocked: true }));
    stop();
    server.say({ type: "versions" });
    server.say({ type: "board", title: "Again", is_locked: false });
    await until(() => expect(session.board().title).toBe("Again"));
    expect(heard).toEqual(["board"]);
  });
});

describe("somebody else under a client id of this page", () => {
  /** A page with unsaved work under an id that the server gave to others meanwhile. */
  async function robbed(config = configOf()) {
    server.edit((doc) => drawIn(doc, "a"));
    const session = await synced(config);
    server.vanish();
    drawIn(session.doc, "mine");
    await until(() => expect(session.status().changes).toBe(1));
    const thief = new Y.Doc();
    thief.clientID = session.doc.clientID;
    drawIn(thief, "theirs");
    Y.applyUpdate(server.doc, Y.encodeStateAsUpdate(thief));
    server.isReachable = true;
    return session;
  }

  test("the work is kept apart, the page begins again, and does it once more", async () => {
    const config = configOf();
    const reload = vi.spyOn(window.location, "reload").mockImplementation(() => {});
    const session = await robbed(config);
    session.retryNow();
    await until(() => expect(reload).toHaveBeenCalledTimes(1));
    expect(keptCopies()).toMatchObject([{ key: storageKey(config), unsaved: 1 }]);
    closeBoards();

    const next = openBoard(config);
    await until(() => expect(groupOf(server.doc, "mine", "type")).toBe("rectangle"));
    expect(groupOf(server.doc, "theirs", "type")).toBe("rectangle");
    await until(() => expect(next.status()).toMatchObject({ kind: "saved", changes: 0 }));
  });

  test("over and over ends the connection instead of reloading for ever", async () => {
    const config = configOf();
    const reload = vi.spyOn(window.location, "reload").mockImplementation(() => {});
    const times = JSON.stringify([Date.now(), Date.now(), Date.now()]);
    sessionStorage.setItem(`${storageKey(config)}:rescues`, times);
    const session = await robbed(config);
    session.retryNow();
    await until(() => expect(session.closeCode).toBe(CloseCode.MALFORMED));
    expect(reload).not.toHaveBeenCalled();
    expect([...session.unsavedWork().keys()]).toEqual(["mine"]);
  });
});
