// @vitest-environment happy-dom
/** Comments on an open board: pins, threads, the list, and what waits without network. */
import "fake-indexeddb/auto";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import Comments from "../src/comments/Comments";
import type { BoardConfig } from "../src/config";
import type { Placing } from "../src/page/opened";
import type { BoardSession } from "../src/sync/session";
import { closeBoards, configOf, openBoard } from "./support/board";
import { BoardServer } from "./support/boardServer";
import { joinedBoard } from "./support/joined";

interface Stored {
  id: string;
  anchor: unknown;
  is_resolved: boolean;
  resolved_by: string;
  comments: Record<string, unknown>[];
}

let server: BoardServer;
let threads: Stored[];

const AUTHORS = {
  alice: { id: "1", name: "Alice", is_guest: false, guest_id: "" },
  bob: { id: "2", name: "Bob", is_guest: false, guest_id: "" },
} as const;

function comment(id: string, body: string, by: keyof typeof AUTHORS, mentions: string[] = []) {
  const created_at = new Date(Date.now() + threads.length).toISOString();
  return { id, body, author: AUTHORS[by], mentions, created_at, edited_at: null };
}

function thread(id: string, ...comments: Record<string, unknown>[]): Stored {
  return { id, anchor: { x: 10, y: 20 }, is_resolved: false, resolved_by: "", comments };
}

beforeEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
  threads = [];
  server = new BoardServer();
  server.install();
  server.on("GET comments", () => ({ json: { results: threads, next: null } }));
  server.on("GET people", { json: [{ username: "bob", name: "Bob" }] });
  server.on("POST comments", (body) => {
    const { id, anchor, body: words } = body as { id: string; anchor: unknown; body: string };
    const made = { ...thread(`t-${id}`, comment(id, words, "alice")), anchor };
    threads.push(made);
    return { status: 201, json: made };
  });
});
afterEach(() => {
  cleanup();
  closeBoards();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });
const click = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));
/** What waits to be sent, as the device keeps it. */
const outboxKeys = () => Object.keys(localStorage).filter((key) => key.includes(":outbox:"));
const panel = () => screen.getByRole("complementary", { name: "Comments" });

function Page({
  config,
  session,
  board,
}: Omit<Parameters<typeof Comments>[0], "placing" | `is${string}` | `on${string}`>) {
  const [placing, setPlacing] = useState<Placing>(null);
  return (
    <Comments
      config={config}
      session={session}
      board={board}
      isPanelOpen
      placing={placing}
      onPlacing={setPlacing}
      onClosePanel={() => {}}
      onUnread={onUnread}
    />
  );
}

const onUnread = vi.fn();

async function opened(config: BoardConfig = configOf()): Promise<BoardSession> {
  const session = openBoard(config);
  await until(() => expect(["saved", "viewing"]).toContain(session.status().kind));
  const { board } = joinedBoard(session);
  render(<Page config={config} session={session} board={board} />);
  await until(() => expect(panel().textContent).not.toMatch(/will load when/));
  return session;
}

/** Writes a comment on the middle of the view, by keyboard. */
function write(words: string): void {
  click(/^Add a comment/);
  fireEvent.keyDown(screen.getByRole("button", { name: /^Press Enter to comment/ }), {
    key: "Enter",
  });
  const field = screen.getByRole("textbox", { name: /^Write a comment/ });
  fireEvent.change(field, { target: { value: words } });
  fireEvent.keyDown(field, { key: "Enter" });
}

describe("a comment", () => {
  test("is written where one looks, sent, and stands in the list", async () => {
    await opened();
    write("  Is this right?  ");
    await until(() => expect(threads).toHaveLength(1));
    expect(threads[0]).toMatchObject({ anchor: { x: 400, y: 300 } });
    expect(threads[0]?.comments[0]).toMatchObject({ body: "Is this right?" });
    await until(() => expect(within(panel()).queryByText("not sent yet")).toBeNull());
    expect(within(panel()).getByText("Is this right?")).toBeTruthy();
  });

  test("without network is shown, counted, and sent once somebody answers", async () => {
    const session = await opened();
    server.vanish();
    write("Later");
    await until(() => expect(within(panel()).getByText("not sent yet")).toBeTruthy());
    await until(() => expect(screen.getByText(/^Not sent yet. Kept on this device/)).toBeTruthy());
    expect(session.status().changes).toBe(1);
    expect(outboxKeys()).toHaveLength(1);
    server.isReachable = true;
    window.dispatchEvent(new Event("online"));
    await until(() => expect(threads).toHaveLength(1));
    await until(() => expect(session.status().changes).toBe(0));
    expect(outboxKeys()).toEqual([]);
  });

  test("that the server refuses says why, and can be changed and sent again", async () => {
    await opened();
    const taken = { status: 400, json: { body: ["Write something shorter."] } };
    server.on("POST comments", taken);
    write("Too long");
    const alert = await screen.findByText("Not sent: Write something shorter.");
    expect(alert).toBeTruthy();
    server.on("POST comments", (body) => {
      const { id, body: words } = body as { id: string; body: string };
      threads.push(thread("t", comment(id, words, "alice")));
      return { status: 201, json: threads[0] };
    });
    click("Change and send again");
    const field = screen.getByRole("textbox", { name: "Change your comment" });
    fireEvent.change(field, { target: { value: "Short" } });
    click("Send again");
    await until(() => expect(threads[0]?.comments[0]).toMatchObject({ body: "Short" }));
    await until(() => expect(screen.queryByText(/^Not sent:/)).toBeNull());
  });

  test("completes the names of people", async () => {
    await opened();
    click(/^Add a comment/);
    const surface = screen.getByRole("button", { name: /^Press Enter to comment/ });
    fireEvent.keyDown(surface, { key: "Enter" });
    const field = screen.getByRole("textbox", { name: /^Write a comment/ }) as HTMLTextAreaElement;
    field.focus();
    fireEvent.change(field, { target: { value: "Ask @bo", selectionStart: 7, selectionEnd: 7 } });
    expect(await screen.findByRole("option", { name: /Bob/ })).toBeTruthy();
    fireEvent.keyDown(field, { key: "Enter" });
    await until(() => expect(field.value).toBe("Ask @bob "));
    expect(threads).toHaveLength(0);
  });
});

describe("threads of others", () => {
  test("show pictures, and initials where there is none or it can't be loaded", async () => {
    document.documentElement.dataset.preferences = "/account/preferences";
    const withPicture = { ...AUTHORS.bob, picture: "/account/picture/bob" };
    const first = { ...comment("c1", "Look", "bob"), author: withPicture };
    const tracked = { ...AUTHORS.alice, picture: "https://elsewhere.example/a.png" };
    const second = { ...comment("c2", "See", "alice"), author: tracked };
    threads = [thread("t1", first), thread("t2", second)];
    await opened();
    const avatars = () => [...panel().querySelectorAll(".avatar")];
    const image = avatars()
      .map((one) => one.querySelector("img"))
      .find((one) => one !== null);
    expect(avatars().map((one) => one.textContent)).toContain("A");
    expect(image?.getAttribute("src")).toBe("/account/picture/bob");
    if (image) fireEvent.error(image);
    expect(
      avatars()
        .map((one) => one.innerHTML)
        .sort(),
    ).toEqual(["A", "B"]);
    delete document.documentElement.dataset.preferences;
  });

  beforeEach(() => {
    threads = [thread("t1", comment("c1", "Look here, @alice", "bob", ["alice"]))];
    server.on("POST comments/t1/replies", (body) => {
      const { id, body: words } = body as { id: string; body: string };
      threads[0]?.comments.push(comment(id, words, "alice"));
      return { status: 201, json: threads[0] };
    });
  });

  test("are not read until they are opened, and answered there", async () => {
    server.access = { type: "access", level: "edit", can_manage: false };
    await opened(configOf({ isOwner: false, shareUrl: null }));
    expect(within(panel()).getByText("unread")).toBeTruthy();
    expect(onUnread).toHaveBeenLastCalledWith(1);
    fireEvent.click(within(panel()).getByText(/Look here/));
    const dialog = screen.getByRole("dialog", { name: "Comment by Bob" });
    await until(() => expect(onUnread).toHaveBeenLastCalledWith(0));
    const field = within(dialog).getByRole("textbox", { name: "Reply" });
    fireEvent.change(field, { target: { value: "I see" } });
    fireEvent.click(within(dialog).getByRole("button", { name: "Send" }));
    await until(() => expect(threads[0]?.comments).toHaveLength(2));
    expect(await within(panel()).findByText("one reply")).toBeTruthy();
    // Only one's own words can be changed or deleted.
    await until(() =>
      expect(within(dialog).getAllByRole("button", { name: "Edit" })).toHaveLength(1),
    );
    expect(within(dialog).getAllByRole("button", { name: "Delete" })).toHaveLength(1);
  });

  test("come and go while the page is open", async () => {
    await opened();
    const fresh = thread("t2", comment("c2", "Something else", "bob"));
    server.say({ type: "comment", action: "created", comment: fresh });
    expect(await within(panel()).findByText("Something else")).toBeTruthy();
    server.say({ type: "comment", action: "deleted", comment: { id: "t1" } });
    await until(() => expect(within(panel()).queryByText(/Look here/)).toBeNull());
  });

  test("that are resolved leave the open ones, and those that mention one have a list", async () => {
    await opened();
    server.on("PATCH comments/t1", () => {
      const [first] = threads;
      if (first) Object.assign(first, { is_resolved: true, resolved_by: "Alice" });
      return { json: first };
    });
    fireEvent.click(within(panel()).getByText(/Look here/));
    click("Resolve");
    await until(() => expect(within(panel()).getByText(/^No open comments/)).toBeTruthy());
    click("Resolved");
    expect(within(panel()).getByText("resolved by Alice")).toBeTruthy();
    click("Mentions me");
    expect(within(panel()).getByText(/Look here/)).toBeTruthy();
  });

  test("can be read, and not answered, by people who may only look", async () => {
    server.access = { type: "access", level: "view", can_manage: false };
    await opened(configOf({ level: "view", shareUrl: null }));
    expect(screen.queryByRole("button", { name: /^Add a comment/ })).toBeNull();
    fireEvent.click(within(panel()).getByText(/Look here/));
    const dialog = screen.getByRole("dialog", { name: "Comment by Bob" });
    expect(within(dialog).queryByRole("textbox")).toBeNull();
    expect(within(dialog).queryByRole("button", { name: /Delete|Edit|Resolve/ })).toBeNull();
  });

  test("are deleted by the owner of the board alone, after a question", async () => {
    const confirm = vi.fn(() => true);
    window.confirm = confirm;
    await opened();
    server.on("DELETE comments/t1/replies/c1", { status: 204 });
    fireEvent.click(within(panel()).getByText(/Look here/));
    const dialog = screen.getByRole("dialog", { name: "Comment by Bob" });
    expect(within(dialog).queryByRole("button", { name: "Edit" })).toBeNull();
    fireEvent.click(within(dialog).getByRole("button", { name: "Delete" }));
    expect(confirm).toHaveBeenCalledWith("Delete this comment and its thread?");
    await until(() => expect(within(panel()).queryByText(/Look here/)).toBeNull());
  });
});
