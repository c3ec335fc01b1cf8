// @vitest-environment happy-dom
/** Libraries without a browser: files of both versions, order, and what is merged after a time without network. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isNote } from "../src/canvas/note";
import type { BoardConfig } from "../src/config";
import { keptCopies } from "../src/copies";
import { Refused } from "../src/files/refused";
import { Device, libraryKey } from "../src/library/device";
import { itemsOf, libraryFile, newItem, placed, readLibrary } from "../src/library/file";
import { sceneOf } from "../src/library/insert";
import { type Item, inOrder, MAX_ITEMS, positionAt } from "../src/library/item";
import { follows, LibraryServer } from "../src/library/server";
import { starterSets } from "../src/library/starter/starter";
import { LibraryStore } from "../src/library/store";
import type { ApiError } from "../src/page/boardApi";

const BOX = { id: "a", type: "rectangle", x: 0, y: 0, width: 9, height: 9 };

function item(id: string, position: number, name = id): Item {
  return { id, name, position, elements: [BOX], files: {} };
}

/** The libraries of a server, as pages meet it: REST in memory. */
class Shelf {
  readonly items = new Map<string, Item>();
  readonly calls: string[] = [];
  revision = 0;
  isReachable = true;
  refuses: number | null = null;

  install(): void {
    vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => this.fetch(url, init));
  }

  private async fetch(url: string, { method = "GET", body, headers }: RequestInit) {
    if (!this.isReachable) throw new TypeError("Failed to fetch");
    const [, id] = /items\/([^/]+)$/.exec(url) ?? [];
    this.calls.push(`${method} ${id ?? ""}`.trim());
    if (id === undefined) return this.list(new Headers(headers));
    if (this.refuses !== null) return Response.json({ detail: "No." }, { status: this.refuses });
    const value = body ? JSON.parse(String(body)) : {};
    const old = this.items.get(id);
    if (method === "PATCH" && !old) return Response.json({ detail: "Gone." }, { status: 404 });
    this.revision += 1;
    if (method === "DELETE") this.items.delete(id);
    else this.items.set(id, { ...(old as Item), ...value, id });
    const answer = { status: method === "DELETE" ? 204 : 200, headers: { ETag: this.etag } };
    return new Response(method === "DELETE" ? null : "{}", answer);
  }

  get etag(): string {
    return `"lib.${this.revision}"`;
  }

  private list(headers: Headers): Response {
    if (headers.get("If-None-Match") === this.etag) return new Response(null, { status: 304 });
    const items = [...this.items.values()];
    return Response.json({ revision: this.revision, items }, { headers: { ETag: this.etag } });
  }
}

const CONFIG = { boardId: "b", csrfToken: "x", csrfCookie: "csrf" } as unknown as BoardConfig;
let shelf: Shelf;
let problems: ApiError[];

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  localStorage.clear();
  shelf = new Shelf();
  shelf.install();
  problems = [];
});

afterEach(() => vi.unstubAllGlobals());

function store(person: string | null = "alice"): LibraryStore {
  return new LibraryStore({
    id: "mine",
    device: new Device(person),
    server: person === null ? null : new LibraryServer(CONFIG),
    onKept: () => {},
    onProblem: (error) => problems.push(error),
  });
}

const names = (of: LibraryStore) => of.items()?.map(({ name }) => name);

test("files of both versions hold the same, and what is written is read again", () => {
  const old = {
    type: "excalidrawlib",
    version: 1,
    library: [[BOX], [{ ...BOX, isDeleted: true }]],
  };
  const present = {
    type: "excalidrawlib",
    version: 2,
    libraryItems: [{ id: "1", status: "published", name: " Box\u202e\n ", elements: [BOX] }],
  };
  expect(itemsOf(old).map(({ name, elements }) => [name, elements])).toEqual([["", [BOX]]]);
  const [read] = placed(itemsOf(present), []);
  expect(read).toMatchObject({ name: "Box", position: 1, elements: [BOX] });
  expect(itemsOf(JSON.parse(libraryFile([read as Item])))[0]).toMatchObject({
    name: "Box",
    elements: [BOX],
  });
});

test("images come with the items that show them", () => {
  const image = { ...BOX, type: "image", fileId: "f" };
  const files = {
    f: { dataURL: "data:image/png;base64,AA" },
    g: { dataURL: "data:image/png;base64,BB" },
  };
  const file = { type: "excalidrawlib", libraryItems: [{ elements: [image] }], files };
  const [read] = placed(itemsOf(file), []);
  expect(Object.keys(read?.files ?? {})).toEqual(["f"]);
  expect(JSON.parse(libraryFile([read as Item])).files).toEqual({ f: files.f });
  const lost = { ...file, files: { f: { dataURL: "https://elsewhere" } } };
  expect(itemsOf(lost)[0]?.files).toEqual({});
});

test("what is no library, or too much, is refused with its number", async () => {
  for (const bad of [null, [], {}, { type: "excalidraw", elements: [] }, { type: "excalidrawlib" }])
    expect(() => itemsOf(bad)).toThrow();
  const many = { type: "excalidrawlib", library: Array.from({ length: 10_000 }, () => [BOX]) };
  expect(() => itemsOf(many)).toThrow(/1000/);
  const large = Array.from({ length: 100_000 }, () => BOX);
  expect(() => newItem("", large, {})).toThrow(/2 MB/);
  expect(() =>
    placed(
      [item("x", 0)],
      Array.from({ length: MAX_ITEMS }, (_, n) => item(`${n}`, n)),
    ),
  ).toThrow(Refused);
  const huge = {
    size: 200_000_000,
    name: "a.excalidrawlib",
    text: () => Promise.reject(new Error("read")),
  };
  await expect(readLibrary(huge as unknown as File)).rejects.toThrow(/larger than 20 MB/);
  const broken = new File(["{"], "b.excalidrawlib");
  await expect(readLibrary(broken)).rejects.toThrow(/b\.excalidrawlib.*no library/);
});

test("an item moves between its neighbours, and nowhere when it is there", () => {
  const items = inOrder([item("b", 2), item("a", 1), item("c", 3)]);
  expect(items.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(positionAt(items, "a", 1)).toBe(2.5);
  expect(positionAt(items, "c", 0)).toBe(0);
  expect(positionAt(items, "a", 9)).toBe(4);
  expect(positionAt(items, "b", 1)).toBeNull();
});

test("only the next state of the same library follows", () => {
  expect(follows('"a.2"', '"a.1"')).toBe(true);
  expect(follows('"a.2"', '"a.2"')).toBe(true);
  expect(follows('"a.3"', '"a.1"')).toBe(false);
  expect(follows('"b.2"', '"a.1"')).toBe(false);
  expect(follows('"a.1"', "")).toBe(false);
});

test("what is changed shows at once, reaches the server, and is not read again", async () => {
  const own = store();
  await own.sync();
  own.put(item("a", 1));
  own.rename("a", "Box");
  expect(names(own)).toEqual(["Box"]);
  await own.sync();
  expect(shelf.items.get("a")?.name).toBe("Box");
  expect(own.unsent).toBe(0);
  const before = shelf.calls.length;
  await own.sync();
  expect(shelf.calls.slice(before)).toEqual(["GET"]);
});

test("what was done without network is sent by a later page, item by item", async () => {
  const first = store();
  for (const one of [item("a", 1), item("b", 2), item("c", 3)]) first.put(one);
  await first.sync();
  shelf.isReachable = false;
  first.rename("a", "A");
  first.move("c", 0);
  first.rename("c", "C");
  first.remove("b");
  first.put(item("d", 9));
  await first.sync();
  expect(names(first)).toEqual(["C", "A", "d"]);
  // Meanwhile on another device:
  shelf.items.set("e", item("e", 5));
  shelf.items.set("a", { ...item("a", 2.5), name: "a" });
  shelf.revision += 2;
  const later = store();
  await later.loaded;
  expect(names(later)).toEqual(["C", "A", "d"]);
  shelf.isReachable = true;
  await later.sync();
  // The new name is from here, the new place from there.
  expect(names(later)).toEqual(["C", "A", "e", "d"]);
  expect(inOrder(shelf.items.values()).map(({ name }) => name)).toEqual(["C", "A", "e", "d"]);
});

test("what was removed elsewhere stays removed, and undoing a removal brings it back", async () => {
  const own = store();
  own.put(item("a", 1));
  own.put(item("b", 2));
  await own.sync();
  shelf.items.delete("a");
  shelf.revision += 1;
  own.rename("a", "A");
  await own.sync();
  expect(names(own)).toEqual(["b"]);
  const [b] = own.items() ?? [];
  own.remove("b");
  await own.sync();
  expect(shelf.items.size).toBe(0);
  own.put(b as Item);
  await own.sync();
  expect([...shelf.items.keys()]).toEqual(["b"]);
  expect(problems).toEqual([]);
});

test("what the server refuses is given up and told; without a session it waits", async () => {
  const own = store();
  shelf.refuses = 413;
  own.put(item("a", 1));
  await own.sync();
  expect(names(own)).toEqual([]);
  expect(problems.map(({ status }) => status)).toEqual([413]);
  for (const status of [401, 403, 429, 503]) {
    shelf.refuses = status;
    own.put(item("b", 2));
    await own.sync();
    expect(names(own)).toEqual(["b"]);
    expect(own.unsent).toBe(1);
  }
  shelf.refuses = null;
  await own.sync();
  expect([...shelf.items.keys()]).toEqual(["b"]);
});

test("a guest's library is on the device alone, and nobody else's sees it", async () => {
  const guest = store(null);
  await guest.loaded;
  guest.put(item("a", 1));
  guest.put(item("b", 2));
  guest.rename("a", "A");
  guest.remove("b");
  await vi.waitFor(async () => {
    const later = store(null);
    await later.loaded;
    expect(names(later)).toEqual(["A"]);
  });
  expect(shelf.calls).toEqual([]);
  const alice = store();
  await alice.sync();
  expect(names(alice)).toEqual([]);
});

test("signing out asks about what is not sent, and a guest's library outlives the sign-in of others", () => {
  new Device("alice").note(2, 5);
  new Device(null).note(0, 3);
  expect(keptCopies().map(({ key, unsaved }) => [key, unsaved])).toEqual([
    [libraryKey("alice"), 2],
    [libraryKey(null), 3],
  ]);
});

test("the note of the starter set is a sticky note, with room for its text", () => {
  const note = starterSets()
    .flatMap(({ items }) => items)
    .find(({ name }) => name === "Note");
  const [paper, words] = sceneOf({ elements: note?.elements ?? [], files: {} });
  expect(paper && isNote(paper)).toBe(true);
  expect(words).toMatchObject({ type: "text", containerId: paper?.id, originalText: "Idea" });
});

test("the starter set has four parts, and each drawing a name and elements of its own", () => {
  const sets = starterSets();
  expect(sets.map(({ id }) => id)).toEqual(["flow", "uml", "network", "retro"]);
  for (const { items } of sets) {
    expect(items.length).toBeGreaterThanOrEqual(8);
    expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
    for (const { elements } of items) {
      const ids = new Set(elements.map(({ id }) => id));
      expect(ids.size).toBe(elements.length);
      for (const { containerId } of elements) if (containerId) expect(ids).toContain(containerId);
    }
  }
});
