// @vitest-environment happy-dom
/** The panels beside the canvas, over a real session; the server's sockets and REST are in memory. */
import "fake-indexeddb/auto";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type * as Y from "yjs";
import ActivityPanel from "../src/activity/ActivityPanel";
import { AwayPanel } from "../src/away/AwayPanel";
import { ConflictPanel } from "../src/conflicts/ConflictPanel";
import { PresenterBar } from "../src/presence/PresenterBar";
import type { BoardSession } from "../src/sync/session";
import VersionsPanel from "../src/versions/VersionsPanel";
import { closeBoards, configOf, drawIn, groupOf, openBoard } from "./support/board";
import { BoardServer } from "./support/boardServer";
import { type Joined, joinedBoard } from "./support/joined";

let server: BoardServer;

beforeEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
  server = new BoardServer();
  server.install();
});
afterEach(() => {
  cleanup();
  closeBoards();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const click = (name: string | RegExp) => fireEvent.click(button(name));
const requests = () => server.requests.map(({ method, path }) => `${method} ${path}`);

async function opened(config = configOf()): Promise<BoardSession> {
  const session = openBoard(config);
  await until(() => expect(["saved", "viewing"]).toContain(session.status().kind));
  return session;
}

describe("conflicts", () => {
  /** Alice and others changed two elements' colours while she had no network. */
  async function disagreeing(): Promise<Joined & { session: BoardSession }> {
    server.edit((doc) => {
      doc.getMap("authors").set(String(doc.clientID), { user: "2", name: "Bob" });
      for (const id of ["a", "b"]) drawIn(doc, id);
    });
    const session = await opened();
    const paint = (doc: Y.Doc, color: string) => {
      for (const id of ["a", "b"]) {
        doc.getMap<Y.Map<unknown>>("elements").get(id)?.set("strokeColor", color);
      }
    };
    server.vanish();
    session.doc.getMap("authors").set(String(session.doc.clientID), { user: "1", name: "Alice" });
    paint(session.doc, "#ff0000");
    server.edit((doc) => paint(doc, "#0000ff"));
    server.isReachable = true;
    session.retryNow();
    await until(() => expect(session.conflicts.snapshot()).toHaveLength(2));
    // The server, too, has had both colours and knows which one stands.
    await until(() => expect(server.doc.getMap("conflicts").size).toBe(2));
    return { session, ...joinedBoard(session) };
  }

  const show = ({ session, board }: { session: BoardSession } & Joined, canEdit = true) =>
    render(
      <ConflictPanel
        list={session.conflicts}
        tools={board.conflicts}
        canEdit={canEdit}
        onClose={() => {}}
      />,
    );

  test("are listed with both values, and one click decides one of them", async () => {
    const made = await disagreeing();
    show(made);
    expect(screen.getByRole("heading", { name: "2 conflicts" })).toBeTruthy();
    const [first] = screen.getAllByRole("listitem", { name: "Stroke colour of Rectangle" });
    if (!first) throw new Error("No conflict is listed.");
    expect(first.textContent).toContain("#ff0000");
    expect(first.textContent).toContain("#0000ff");
    const theirs = within(first).getByRole("button", { name: "Keep theirs" });
    theirs.focus();
    fireEvent.click(theirs);
    await until(() => expect(screen.getByRole("heading", { name: "1 conflict" })).toBeTruthy());
    // The button is gone with its row: the keyboard goes on from the heading.
    expect(document.activeElement?.textContent).toBe("1 conflict");
    await until(() => expect(server.doc.getMap("conflicts").size).toBe(1));
  });

  test("are all decided at once", async () => {
    const made = await disagreeing();
    show(made);
    click("Keep all theirs");
    await until(() => expect(screen.getByText("All conflicts are resolved.")).toBeTruthy());
    await until(() => expect(server.doc.getMap("conflicts").size).toBe(0));
    expect(groupOf(server.doc, "a", "strokeColor")).toBe("#0000ff");
  });

  test("can be read, and not decided, by people who may not edit", async () => {
    show(await disagreeing(), false);
    expect(screen.getAllByRole("listitem", { name: /Stroke colour/ })).toHaveLength(2);
    expect(screen.queryByRole("button", { name: /Keep/ })).toBeNull();
  });
});

describe("versions", () => {
  const row = (id: number, name: string, at: string) => ({
    id,
    name,
    author_name: name ? "Bob" : null,
    created_at: at,
  });
  const NOW = new Date().toISOString();

  async function history(canEdit = true): Promise<BoardSession> {
    server.on("GET versions", { json: [row(2, "Before the talk", NOW), row(1, "", NOW)] });
    const config = configOf();
    const session = await opened(config);
    const { board } = joinedBoard(session);
    render(
      <VersionsPanel
        config={config}
        session={session}
        board={board}
        canEdit={canEdit}
        onClose={() => {}}
      />,
    );
    await screen.findByText("Before the talk");
    return session;
  }

  test("are listed by day, those that were kept by themselves too", async () => {
    await history();
    expect(screen.getByRole("heading", { name: "Today" })).toBeTruthy();
    expect(screen.getByText("Saved automatically")).toBeTruthy();
    expect(screen.getByText("by Bob")).toBeTruthy();
  });

  test("can be named; a refusal is told", async () => {
    await history();
    server.on("POST versions", { status: 201 });
    click("Name the current version");
    const name = screen.getByRole("textbox", { name: "Name" });
    fireEvent.change(name, { target: { value: "  Final  " } });
    click("Save");
    await until(() => expect(requests()).toContain("POST versions"));
    expect(server.requests.find(({ method }) => method === "POST")?.body).toEqual({
      name: "Final",
    });
    server.on("PATCH versions/1", { status: 400, json: { name: ["This name is taken."] } });
    click(/^Name the version of/);
    fireEvent.change(screen.getByRole("textbox", { name: "Name" }), { target: { value: "x" } });
    click("Save");
    expect((await screen.findByRole("alert")).textContent).toBe("This name is taken.");
  });

  test("can be looked at, and not named, by people who may not edit", async () => {
    await history(false);
    expect(screen.queryByRole("button", { name: /^(Name|Rename)/ })).toBeNull();
    expect(
      screen.getByText("You can look at earlier versions, but not restore them."),
    ).toBeTruthy();
  });

  test("are read again when the server says that there are others", async () => {
    await history();
    server.on("GET versions", { json: [row(3, "Newest", NOW)] });
    server.say({ type: "versions" });
    expect(await screen.findByText("Newest")).toBeTruthy();
  });

  test("that nobody answers about say so", async () => {
    const session = await history();
    server.isReachable = false;
    server.say({ type: "versions" });
    await until(() => expect(screen.getByRole("alert").textContent).toMatch(/is not answering/));
    expect(session.status().kind).toBe("saved");
  });
});

describe("what happened meanwhile", () => {
  test("is listed one by one, and what was deleted comes back", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    server.edit((doc) => {
      doc.getMap("authors").set(String(doc.clientID), { user: "2", name: "Bob" });
      drawIn(doc, "a");
    });
    const session = await opened();
    server.vanish();
    await until(() => expect(session.status().kind).toBe("reconnecting"));
    server.edit((doc) => {
      drawIn(doc, "b");
      const tombstone = { by: "2", at: 1 };
      doc.getMap<Y.Map<unknown>>("elements").get("a")?.set("del", tombstone);
    });
    vi.setSystemTime(Date.now() + 60_000);
    server.isReachable = true;
    session.retryNow();
    await until(() => expect(session.away.snapshot()).toHaveLength(2));
    const { board } = joinedBoard(session);
    const onClose = vi.fn();
    render(<AwayPanel away={session.away} tools={board.conflicts} canEdit onClose={onClose} />);
    const items = screen.getAllByRole("listitem");
    expect(items.map((item) => item.textContent).join()).toMatch(/Created Rectangle.*by Bob/);
    click("Restore");
    expect(groupOf(session.doc, "a", "del")).toBe(false);
    expect((button("Restored") as HTMLButtonElement).getAttribute("aria-disabled")).toBe("true");
    click("Dismiss all");
    expect(onClose).toHaveBeenCalled();
    expect(session.away.snapshot()).toEqual([]);
  });
});

describe("activity", () => {
  test("comes page by page, the same in a row as one line", async () => {
    const at = new Date().toISOString();
    const row = (id: number, actor: string, data = {}) => ({
      id,
      created_at: at,
      action: "room_access",
      actor_name: actor,
      outcome: "allowed",
      level: "edit",
      data,
    });
    server.on("GET audit?page=1", { json: { results: [row(3, "Bob"), row(2, "Bob")], next: "x" } });
    server.on("GET audit?page=2", {
      json: { results: [row(1, "Carol", { token: "CI bot" })], next: null },
    });
    render(<ActivityPanel config={configOf()} onClose={() => {}} />);
    const bob = await screen.findByText("Bob");
    expect(bob.parentElement?.textContent).toMatch(/opened the board.*\(2 times\)/);
    click("Show more");
    expect(await screen.findByText("Carol (by CI bot)")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });
});

describe("somebody who presents", () => {
  test("is told of, can be followed, and gives the canvas back at the end", async () => {
    const session = await opened();
    const { board } = joinedBoard(session);
    render(<PresenterBar board={board} />);
    server.show(77, 1, { user: { id: "2", name: "Bob" }, presenting: true });
    expect(await screen.findByText("Bob is presenting")).toBeTruthy();
    click("Follow");
    expect(board.follow.followedClient()).toBe("77");
    expect(screen.getByText("You see what Bob presents")).toBeTruthy();
    server.show(77, 2, { user: { id: "2", name: "Bob" }, presenting: false });
    await until(() => expect(board.follow.followedClient()).toBeNull());
    expect(screen.queryByText(/Bob/)).toBeNull();
  });

  test("is not told of again once that was put away", async () => {
    const session = await opened();
    render(<PresenterBar board={joinedBoard(session).board} />);
    server.show(77, 1, { user: { id: "2", name: "Bob" }, presenting: true });
    await screen.findByText("Bob is presenting");
    click("Dismiss");
    expect(screen.queryByText("Bob is presenting")).toBeNull();
  });
});
