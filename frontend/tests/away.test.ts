import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { changesSince, summary } from "../src/away/changes";
import { ABSENCE_MS, AwayWatch, HIDDEN_MS, type Memory } from "../src/away/watch";
import { rectangleGroups } from "./support/recorders";

const vectorOf = (doc: Y.Doc) => Y.decodeStateVector(Y.encodeStateVector(doc));

/** A board on which somebody else draws. */
function boardOf(name: string, clientId: number, from?: Y.Doc): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  for (const root of ["elements", "authors"]) doc.getMap(root);
  if (from) Y.applyUpdate(doc, Y.encodeStateAsUpdate(from));
  doc.getMap("authors").set(String(clientId), { user: name.toLowerCase(), name });
  return doc;
}

function set(doc: Y.Doc, id: string, key: string, value: unknown): void {
  doc.getMap<Y.Map<unknown>>("elements").get(id)?.set(key, value);
}

const create = (doc: Y.Doc, id: string) => doc.getMap("elements").set(id, rectangleGroups());

describe("what others did", () => {
  const seenBy = (doc: Y.Doc, me: string) => (client: number) => {
    const author = doc.getMap("authors").get(String(client)) as { user: string; name: string };
    return author.user === me ? null : author.name;
  };

  test("is told element by element, with who", () => {
    const anna = boardOf("Anna", 5);
    for (const id of ["a", "b", "c"]) create(anna, id);
    const seen = vectorOf(anna);
    const bob = boardOf("Bob", 9, anna);
    set(bob, "a", "pos", [1, 1]);
    set(bob, "a", "strokeColor", "#f00");
    set(bob, "b", "del", { by: "bob", at: 1 });
    create(bob, "d");
    Y.applyUpdate(anna, Y.encodeStateAsUpdate(bob));
    set(anna, "a", "angle", 1);

    const changes = changesSince(anna, seen, seenBy(anna, "me"));
    expect(changes).toHaveLength(3);
    expect(changes).toEqual(
      expect.arrayContaining([
        { element: "a", kind: "changed", authors: expect.arrayContaining(["Anna", "Bob"]) },
        { element: "b", kind: "deleted", authors: ["Bob"] },
        { element: "d", kind: "created", authors: ["Bob"] },
      ]),
    );
    expect(changesSince(anna, seen, seenBy(anna, "anna")).map(({ authors }) => authors)).toEqual([
      ["Bob"],
      ["Bob"],
      ["Bob"],
    ]);
  });

  test("leaves out order, links, labels that follow, and what came and went", () => {
    const anna = boardOf("Anna", 5);
    create(anna, "a");
    create(anna, "label");
    set(anna, "label", "containerId", "a");
    const seen = vectorOf(anna);
    set(anna, "a", "index", "a5");
    set(anna, "a", "bound:label", "text");
    set(anna, "label", "pos", [3, 3]);
    create(anna, "gone");
    set(anna, "gone", "del", { by: null, at: 1 });
    expect(changesSince(anna, seen, () => "Anna")).toEqual([]);
  });

  test("is summed up in one line", () => {
    const change = (
      element: string,
      kind: "created" | "changed" | "deleted",
      ...authors: string[]
    ) => ({ element, kind, authors }) as const;
    const all = [
      change("1", "changed", "Anna"),
      change("2", "changed", "Anna"),
      change("3", "deleted", "Anna"),
      change("4", "created", "Bob"),
    ];
    expect(summary(all)).toBe("Anna changed 2 and deleted 1, Bob created 1");
  });
});

describe("the watch", () => {
  let stored: Map<string, unknown>;
  let memory: Memory;
  let others: Y.Doc;

  beforeEach(() => {
    vi.useFakeTimers();
    stored = new Map();
    memory = {
      read: async (key) => structuredClone(stored.get(key)),
      write: async (key, value) => void stored.set(key, structuredClone(value)),
    };
    others = boardOf("Bob", 9);
    create(others, "a");
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  async function visit(from = others, memoryOfVisit = memory) {
    const doc = boardOf("Me", 100 + Math.floor(Math.random() * 1e6), from);
    const watch = new AwayWatch({ doc, userId: "me", now: Date.now });
    await watch.load(memoryOfVisit);
    const receive = () => Y.applyUpdate(doc, Y.encodeStateAsUpdate(others));
    return { doc, watch, receive, told: () => watch.snapshot().map(({ element }) => element) };
  }

  test("says nothing at the first visit", async () => {
    const { watch, told } = await visit();
    watch.onSynced();
    expect(told()).toEqual([]);
  });

  test("tells at the next visit what happened since, until it is dismissed", async () => {
    const first = await visit();
    first.watch.onSynced();
    vi.advanceTimersByTime(ABSENCE_MS);
    create(others, "b");
    const second = await visit();
    second.watch.onSynced();
    expect(second.told()).toEqual(["b"]);
    vi.advanceTimersByTime(ABSENCE_MS);
    const third = await visit();
    third.watch.onSynced();
    expect(third.told()).toEqual(["b"]);
    third.watch.dismiss();
    expect(third.told()).toEqual([]);
    vi.advanceTimersByTime(ABSENCE_MS);
    const fourth = await visit();
    fourth.watch.onSynced();
    expect(fourth.told()).toEqual([]);
  });

  test("tells after a lost connection, but not after a short one", async () => {
    const { watch, receive, told } = await visit();
    watch.onSynced();
    watch.onLost();
    set(others, "a", "pos", [1, 1]);
    vi.advanceTimersByTime(ABSENCE_MS - 1);
    receive();
    watch.onSynced();
    expect(told()).toEqual([]);
    watch.onLost();
    set(others, "a", "pos", [2, 2]);
    vi.advanceTimersByTime(ABSENCE_MS);
    receive();
    watch.onSynced();
    expect(told()).toEqual(["a"]);
  });

  test("tells what happened while the tab was in the background for long", async () => {
    const { watch, receive, told } = await visit();
    watch.onSynced();
    watch.onVisibility(false);
    create(others, "b");
    receive();
    vi.advanceTimersByTime(HIDDEN_MS);
    watch.onVisibility(true);
    expect(told()).toEqual(["b"]);
  });

  test("does not tell a guest of his own earlier work", async () => {
    const { doc, watch } = await visit();
    doc.getMap("authors").set(String(doc.clientID), { user: null, name: "Guest" });
    watch.onSynced();
    vi.advanceTimersByTime(ABSENCE_MS);
    create(doc, "mine");
    vi.setSystemTime(Date.now() + ABSENCE_MS);
    const later = await visit(doc);
    later.watch.onSynced();
    expect(later.told()).toEqual([]);
  });
});
