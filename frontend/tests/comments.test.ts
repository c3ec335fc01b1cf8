import { beforeEach, describe, expect, test, vi } from "vitest";
import { Kept, type Outgoing, type Store } from "../src/comments/kept";
import { CommentList, type CommentServer } from "../src/comments/list";
import { completed, offered, segments, typedMention } from "../src/comments/mentions";
import { anchorAt, anchorOn, type Placed, placeOf } from "../src/comments/place";
import { decodeAnchor, decodeThread, encodeAnchor, type Thread } from "../src/comments/thread";

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
      author: { id: author, name: author, isGuest: false, guestId: "" },
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
      kept: new Kept("canvas:b:1:board", store),
      me: { id: "1", name: "Alice", username: "alice" },
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

describe("places", () => {
  const box: Placed = {
    id: "box",
    type: "rectangle",
    x: 100,
    y: 100,
    width: 80,
    height: 40,
    angle: 0,
    isDeleted: false,
  };
  const find = (element: Placed) => () => element;

  test("an anchor follows its element, turned and made smaller too", () => {
    for (const angle of [0, Math.PI / 2, 1]) {
      const turned = { ...box, angle };
      const anchor = anchorOn(turned, { x: 130, y: 115 });
      const moved = { ...turned, x: 600, y: -20 };
      const place = placeOf(anchor, find(moved));
      expect(place?.x).toBeCloseTo(630, 0);
      expect(place?.y).toBeCloseTo(-5, 0);
    }
    const corner = anchorOn(box, { x: 180, y: 140 });
    expect(placeOf(corner, find({ ...box, width: 10, height: 10 }))).toMatchObject({
      x: 110,
      y: 110,
    });
  });

  test("deleted and unknown elements are told apart", () => {
    const anchor = { element: "box", dx: 1, dy: 1 };
    expect(placeOf(anchor, find({ ...box, isDeleted: true }))?.isDeleted).toBe(true);
    expect(placeOf(anchor, () => null)).toBeNull();
    expect(placeOf({ x: 1, y: 2 }, () => null)).toEqual({ x: 1, y: 2, isDeleted: false });
  });

  test("the topmost element under the click is meant, before a frame, and a text's shape", () => {
    const frame = { ...box, id: "frame", type: "frame", x: 0, y: 0, width: 900, height: 900 };
    const text = {
      ...box,
      id: "text",
      type: "text",
      x: 120,
      y: 110,
      width: 20,
      height: 10,
      containerId: "box",
    };
    const line: Placed = {
      ...box,
      id: "line",
      type: "arrow",
      x: 300,
      y: 300,
      width: 100,
      height: 100,
      points: [
        [0, 0],
        [100, 100],
      ],
    };
    const elements = [box, text, line, frame];
    const at = (x: number, y: number) => anchorAt({ x, y }, elements, 1);
    expect(at(110, 110)).toEqual({ element: "box", dx: 10, dy: 10 });
    expect(at(125, 112)).toMatchObject({ element: "box" });
    expect(at(352, 350)).toMatchObject({ element: "line" });
    expect(at(390, 310)).toMatchObject({ element: "frame" });
    expect(at(-50, -50)).toEqual({ x: -50, y: -50 });
    expect(anchorAt({ x: 110, y: 110 }, [{ ...box, isDeleted: true }], 1)).toEqual({
      x: 110,
      y: 110,
    });
  });
});

describe("mentions", () => {
  const people = [
    { username: "anna.b", name: "Anna Berg" },
    { username: "bob", name: "Bob Anders" },
    { username: "jürgen", name: "Jürgen" },
  ];

  test("what is typed after @ is completed where it stands", () => {
    expect(typedMention("mail@anna", 9)).toBeNull();
    const text = "Hi @an, all";
    const typing = typedMention(text, 6);
    expect(typing).toEqual({ start: 3, query: "an" });
    expect(offered(people, "an").map(({ username }) => username)).toEqual(["anna.b", "bob"]);
    expect(
      completed(
        text,
        6,
        typing ?? { start: 0, query: "" },
        people[0] ?? { username: "", name: "" },
      ),
    ).toEqual({
      text: "Hi @anna.b , all",
      caret: 11,
    });
    expect(typedMention("@Jür", 4)?.query).toBe("Jür");
  });

  test("only who was recognised is marked", () => {
    const marked = (body: string) =>
      segments(body, ["anna.b", "bob"])
        .filter((one) => one.isMention)
        .map(({ text }) => text);
    expect(marked("@anna.b, (@bob) @bob. @eve mail@bob")).toEqual(["@anna.b", "@bob", "@bob"]);
    expect(
      segments("a @bob. b", ["bob"])
        .map(({ text }) => text)
        .join(""),
    ).toBe("a @bob. b");
  });
});

test("threads are read as REST gives them, and nothing else is", () => {
  const comment = {
    id: "c",
    author: { id: null, name: "Gabi", is_guest: true, guest_id: "ab" },
    body: "x",
    mentions: ["bob"],
    created_at: "2026-01-02T03:04:05Z",
    edited_at: null,
  };
  const raw = {
    id: "t",
    anchor: { element_id: "e", dx: 1, dy: 2 },
    is_resolved: true,
    resolved_by: "Bob",
    comments: [comment],
  };
  expect(decodeThread(raw)).toMatchObject({
    anchor: { element: "e", dx: 1, dy: 2 },
    isResolved: true,
    comments: [{ author: { isGuest: true, guestId: "ab" }, createdAt: 1767323045000 }],
  });
  for (const bad of [null, 1, {}, { ...raw, anchor: { x: "1" } }, { ...raw, comments: [] }]) {
    expect(decodeThread(bad)).toBeNull();
  }
  const anchor = { element: "e", dx: 1, dy: 2 };
  expect(decodeAnchor(encodeAnchor(anchor))).toEqual(anchor);
});
