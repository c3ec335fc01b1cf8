// @vitest-environment happy-dom
/** A board that is opened: the editor, the document and the connection become one. */
import "fake-indexeddb/auto";
import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { BoardConfig } from "../src/config";
import { useBoard } from "../src/page/useBoard";
import type { BoardSession } from "../src/sync/session";
import { closeBoards, configOf, drawIn, groupOf, openBoard } from "./support/board";
import { BoardServer } from "./support/boardServer";
import { EditorApi } from "./support/editorApi";
import { rectangle } from "./support/fakeEditor";

let server: BoardServer;

beforeEach(() => {
  localStorage.clear();
  document.body.innerHTML = '<main class="board-canvas"><div class="excalidraw"></div></main>';
  delete window.canvasBoard;
  server = new BoardServer();
  server.install();
});
afterEach(() => {
  cleanup();
  closeBoards();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });

interface Page {
  readonly session: BoardSession;
  readonly editor: EditorApi;
  readonly hook: { readonly current: ReturnType<typeof useBoard> };
}

/** The page once its editor is there, and the document with it. */
async function opened(config: BoardConfig = configOf()): Promise<Page> {
  const session = openBoard(config);
  await session.ready;
  const editor = new EditorApi();
  editor.setState({ isLoading: true });
  const { result } = renderHook(() => useBoard(config, session));
  result.current.onApi(editor.api);
  await until(() => expect(editor.isWatched).toBe(true));
  editor.report();
  expect(result.current.joined).toBeNull();
  editor.setState({ isLoading: false });
  editor.report();
  await until(() => expect(result.current.joined).not.toBeNull());
  return { session, editor, hook: result };
}

describe("an opened board", () => {
  test("waits for the editor, then shows what the document holds", async () => {
    server.edit((doc) => drawIn(doc, "a", { pos: [5, 6] }));
    const { editor, hook } = await opened();
    expect(editor.editor.get("a")).toMatchObject({ type: "rectangle", x: 5, y: 6, width: 10 });
    expect(editor.shownIds[0]).toEqual(["a"]);
    expect(hook.current.joined?.editor.className).toBe("excalidraw");
  });

  test("carries what is drawn to the server, and what others draw to the editor", async () => {
    const { editor, session } = await opened();
    editor.draw(rectangle("mine", { x: 1, y: 2 }));
    await until(() => expect(groupOf(server.doc, "mine", "pos")).toEqual([1, 2]));
    const author = server.doc.getMap("authors").get(String(session.doc.clientID));
    expect(author).toEqual({ user: "1", name: "Alice" });
    server.edit((doc) => drawIn(doc, "theirs"));
    await until(() => expect(editor.editor.get("theirs").type).toBe("rectangle"));
    expect(groupOf(server.doc, "mine", "pos")).toEqual([1, 2]);
  });

  test("writes nothing for people who may not edit", async () => {
    server.access = { type: "access", level: "view", can_manage: false };
    const { editor, session } = await opened(configOf({ level: "view" }));
    editor.draw(rectangle("mine"));
    await until(() => expect(session.status().kind).toBe("viewing"));
    window.canvasBoard?.flush();
    expect(session.doc.getMap("elements").size).toBe(0);
  });

  test("writes what is under the fingers when the right to edit is taken", async () => {
    const { editor, session } = await opened();
    editor.editor.add(rectangle("last"));
    server.say({ type: "access", level: "view", can_manage: false });
    await until(() => expect(session.canEdit).toBe(false));
    await until(() => expect(groupOf(server.doc, "last", "type")).toBe("rectangle"));
  });

  test("shows others, and tells them where one points", async () => {
    const { editor, session, hook } = await opened();
    server.show(77, 1, {
      user: { id: "2", name: "Bob" },
      pointer: { x: 1, y: 2, tool: "pointer" },
    });
    await until(() => expect(editor.collaborators.get("77")).toMatchObject({ username: "Bob" }));
    hook.current.onPointerUpdate({
      pointer: { x: 3, y: 4, tool: "pointer" },
      button: "up",
      pointersMap: new Map(),
    });
    const { awareness } = session.connection.provider;
    await until(() => expect(awareness.getLocalState()?.pointer).toMatchObject({ x: 3, y: 4 }));
  });

  test("marks what people disagree about", async () => {
    server.edit((doc) => drawIn(doc, "a"));
    const { editor, session } = await opened();
    await until(() => expect(session.status().kind).toBe("saved"));
    const paint = (doc: Y.Doc, color: string) =>
      doc.getMap<Y.Map<unknown>>("elements").get("a")?.set("strokeColor", color);
    server.vanish();
    paint(session.doc, "#ff0000");
    server.edit((doc) => paint(doc, "#0000ff"));
    server.isReachable = true;
    session.retryNow();
    const marked = () =>
      [...editor.collaborators].filter(([key]) => key.startsWith("canvas:conflict"));
    await until(() => expect(marked()).toMatchObject([["canvas:conflict", {}]]));
    expect(marked()[0]?.[1].selectedElementIds).toEqual({ a: true });
  });

  test("gives the browser's console a handle", async () => {
    const { editor, session } = await opened();
    const handle = window.canvasBoard;
    expect(handle?.doc).toBe(session.doc);
    expect(handle?.api).toBe(editor.api);
    expect(handle?.status()).toBe(session.status());
    editor.editor.add(rectangle("now"));
    handle?.flush();
    expect(groupOf(session.doc, "now", "type")).toBe("rectangle");
    expect(Y.encodeStateVector(session.doc).byteLength).toBeGreaterThan(1);
  });
});
