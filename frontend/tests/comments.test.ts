import { beforeEach, describe, expect, test, vi } from "vitest";
import { CommentStore, type Outgoing, type Store } from "../src/comments/commentStore";
import { CommentList, type CommentServer } from "../src/comments/list";
import type { Thread } from "../src/comments/thread";

class MemoryStore implements Store {
  readonly items = new Map<string, string>();
  get length() {
    return this.items.size;
  }
  key = (index: number) => [...this.items.keys()][index] ?? null;
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

class Refused extends Error {}

/** A server of one board: takes, refuses, or does not answer. */
class FakeServer implements CommentServer {
  threads: Thread[] = [];
  mode: "answers" | "silent" | "refuses" = "answers";
  clock = 1000;
  readonly seen: string[] = [];

  async all() {
    this.check();
    return this.threads;
  }

  async begin({ id, anchor, body }: Outgoing) {
    this.check();
    const known = this.threads.find(({ comments }) => comments[0]?.id === id);
    if (known) return known;
    const thread = threadOf(`t-${id}`, [[id, "1", body, this.clock++]], anchor ?? undefined);
    this.threads.push(thread);
    return thread;
  }

  async reply(thread: string, { id, body }: Outgoing) {
    this.check();
    return this.change(thread, (one) => ({
      ...one,
      comments: [...one.comments, ...threadOf("", [[id, "1", body, this.clock++]]).comments],
    }));
  }

  async edit(thread: string) {
    this.check();
    return this.change(thread, (one) => one);
  }

  async remove() {
    this.check();
  }

  async resolve(thread: string, isResolved: boolean) {
    this.check();
    return this.change(thread, (one) => ({ ...one, isResolved }));
  }

  refusal = (error: unknown) => (error instanceof Refused ? error.message : null);

  private change(id: string, change: (thread: Thread) => Thread): Thread {
    const index = this.threads.findIndex((one) => one.id === id);
    const thread = change(this.threads[index] as Thread);
    this.threads[index] = thread;
    return thread;
  }

  private check(): void {
    if (this.mode === "silent") throw new TypeError("Failed to fetch");
    if (this.mode === "refuses") throw new Refused("You may not.");
  }
}

type Said = readonly [id: string, author: string, body: string, at: number, mentions?: string[]];

function threadOf(
  id: string,
  said: readonly Said[],
  anchor: Thread["anchor"] = { x: 0, y: 0 },
): Thread {
  return {
    id,
    anchor,
    isResolved: false,
    resolvedBy: "",
    comments: said.map(([comment, author, body, createdAt, mentions = []]) => ({
      id: comment,
      author: { id: author, name: author, isGuest: false, guestId: "", picture: "" },
      body,
      mentions,
      createdAt,
      isEdited: false,
    })),
  };
}

describe("the list of comments", () => {
  let server: FakeServer;
  let store: MemoryStore;
  let waiting: number;

  beforeEach(() => {
    vi.stubGlobal("window", new EventTarget());
    server = new FakeServer();
    store = new MemoryStore();
  });

  const open = (now = 500) =>
    new CommentList({
      server,
      kept: new CommentStore("canvas:b:1:board", store),
      me: { id: "1", name: "Alice", username: "alice", picture: "" },
      now: () => now,
      keepThreads: () => {},
      onWaiting: (count) => {
        waiting = count;
      },
    });
  const settled = async (list: CommentList) => {
    await list.send();
    await vi.waitFor(() => expect(list.snapshot().threads.every((one) => one)).toBe(true));
  };

  test("what is written without a network survives the page and is sent once", async () => {
    server.mode = "silent";
    const first = open();
    const id = first.write({ anchor: { x: 3, y: 4 } }, "Why?");
    first.write({ thread: id }, "Really.");
    await settled(first);
    expect(first.snapshot().isWaiting).toBe(true);
    expect(first.snapshot().threads).toMatchObject([
      { isLocal: true, anchor: { x: 3, y: 4 }, outgoing: [{ body: "Why?" }, { body: "Really." }] },
    ]);
    expect(waiting).toBe(2);

    server.mode = "answers";
    const again = open();
    await again.refresh();
    expect(server.threads.map(({ comments }) => comments.map(({ body }) => body))).toEqual([
      ["Why?", "Really."],
    ]);
    expect(again.snapshot().threads).toMatchObject([{ isLocal: false, outgoing: [] }]);
    expect(waiting).toBe(0);
    expect([...store.items.keys()].filter((key) => key.includes("outbox"))).toEqual([]);
    expect(again.find(id)?.id).toBe(`t-${id}`);
  });

  test("the event about a comment that is being sent does not show it twice", async () => {
    server.mode = "silent";
    const list = open();
    const id = list.write({ anchor: { x: 0, y: 0 } }, "Once");
    await settled(list);
    list.take("t", threadOf("t", [[id, "1", "Once", 600]]));
    expect(list.snapshot().threads).toHaveLength(1);
    expect(list.snapshot().threads[0]?.outgoing).toEqual([]);
  });

  test("what is refused says why, is kept, and can be sent again or given up", async () => {
    server.mode = "refuses";
    const list = open();
    const id = list.write({ anchor: { x: 0, y: 0 } }, "No");
    await settled(list);
    expect(open().snapshot().threads[0]?.outgoing).toMatchObject([{ problem: "You may not." }]);
    server.mode = "answers";
    list.settle(id, "Yes");
    await vi.waitFor(() => expect(server.threads).toHaveLength(1));
    expect(server.threads[0]?.comments[0]?.body).toBe("Yes");
    server.mode = "refuses";
    const other = list.write({ anchor: { x: 0, y: 0 } }, "Other");
    await settled(list);
    list.settle(other, null);
    expect(list.snapshot().threads).toHaveLength(1);
    expect(waiting).toBe(0);
  });

  test("an event that comes while the list is fetched is newer than the list", async () => {
    const old = threadOf("t", [["c", "2", "old", 600]]);
    const deleted = threadOf("d", [["e", "2", "gone", 600]]);
    const list = open();
    vi.spyOn(server, "all").mockImplementation(async () => {
      list.take("t", threadOf("t", [["c", "2", "new", 600]]));
      list.take("d", null);
      return [old, deleted];
    });
    await list.refresh();
    expect(list.snapshot().threads.map(({ comments }) => comments[0]?.body)).toEqual(["new"]);
  });

  test("unread is what others wrote since, and any open mention", async () => {
    server.threads = [
      threadOf("before", [["a", "2", "x", 400]]),
      threadOf("asked", [["b", "2", "@alice?", 400, ["alice"]]]),
      threadOf("since", [["c", "2", "x", 600]]),
      threadOf("own", [["d", "1", "x", 600]]),
    ];
    const list = open();
    await list.refresh();
    const unread = () =>
      list
        .snapshot()
        .threads.filter((one) => one.isUnread)
        .map(({ id }) => id);
    expect(unread()).toEqual(["asked", "since"]);
    expect(list.snapshot().unread).toBe(2);
    for (const thread of list.snapshot().threads) list.markSeen(thread);
    expect(unread()).toEqual([]);
    list.take(
      "since",
      threadOf("since", [
        ["c", "2", "x", 600],
        ["f", "2", "y", 700],
      ]),
    );
    expect(unread()).toEqual(["since"]);
    const reloaded = open(9999);
    await reloaded.refresh();
    expect(reloaded.snapshot().unread).toBe(0);
  });

  test("drafts survive the page, and an empty one is none", () => {
    open().setDraft("new", { body: "Half a", anchor: { element: "e", dx: 1, dy: 2 } });
    expect(open().draft("new")).toEqual({ body: "Half a", anchor: { element: "e", dx: 1, dy: 2 } });
    open().setDraft("new", { body: "  ", anchor: null });
    expect(open().draft("new")).toBeNull();
  });

  test("what stands in the storage and is none of ours is left out", () => {
    store.setItem("canvas:b:1:board:outbox:x", "{");
    store.setItem("canvas:b:1:board:outbox:y", '{"id":"y","body":"no place","at":1}');
    store.setItem("canvas:b:1:board:draft:z", "[]");
    const list = open();
    expect(list.snapshot().threads).toEqual([]);
    expect(list.draft("z")).toBeNull();
  });
});
