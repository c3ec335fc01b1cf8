/** An open board in a page that is gone when the test is over. */
import * as Y from "yjs";
import type { BoardConfig } from "../../src/config";
import { BoardSession } from "../../src/sync/session";

/** Each board has an id of its own: pages of one board talk to each other, also between test files. */
export function configOf(change: Partial<BoardConfig> = {}): BoardConfig {
  return {
    boardId: crypto.randomUUID(),
    title: "Plan",
    isLocked: false,
    workshop: 0,
    level: "edit",
    isOwner: true,
    entry: "board",
    user: { id: "1", name: "Alice", username: "alice", picture: "" },
    socketBase: "/ws/canvas",
    socketParams: { saved: "1" },
    filesUrl: "/files",
    shareUrl: "/share",
    homeUrl: "/",
    signInUrl: "/login",
    csrfToken: "token",
    csrfCookie: "csrftoken",
    languages: [["en", "English"]],
    languageUrl: "/language",
    accountUrl: "/account",
    notificationsUrl: "/account/notifications",
    adminUrl: null,
    signOutUrl: "/logout",
    assetPath: "/static/",
    maxFileBytes: 1_000_000,
    maxUpdateBytes: 4_000_000,
    notice: null,
    ...change,
  };
}

const opened: BoardSession[] = [];

export function openBoard(config: BoardConfig = configOf()): BoardSession {
  const session = new BoardSession(config);
  opened.push(session);
  return session;
}

/** To be called after each test. */
export function closeBoards(): void {
  for (const session of opened.splice(0)) session.destroy();
}

/** Puts a rectangle into a document, as an editor would. */
export function drawIn(doc: Y.Doc, id: string, change: Record<string, unknown> = {}): void {
  const groups = { type: "rectangle", pos: [0, 0], size: [10, 10], strokeColor: "#000", ...change };
  doc.getMap("elements").set(id, new Y.Map<unknown>(Object.entries(groups)));
}

/** What an element's group holds. */
export function groupOf(doc: Y.Doc, id: string, group: string): unknown {
  return (doc.getMap("elements").get(id) as Y.Map<unknown> | undefined)?.get(group);
}
