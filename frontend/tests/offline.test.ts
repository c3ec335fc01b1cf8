import "fake-indexeddb/auto";
import { afterEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { imageStore } from "../src/images/store";
import { OfflineCopy } from "../src/sync/offline";

const quiet = { onFailed: () => {} };
let serial = 0;
const freshName = () => `canvas:test:${serial++}`;

async function opened(name: string, doc = new Y.Doc(), events = quiet) {
  const copy = await OfflineCopy.open(name, doc, events);
  if (!copy) throw new Error("The storage did not open.");
  return { copy, doc };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the copy in this browser", () => {
  test("gives a later page what an earlier one drew, and what was committed", async () => {
    const name = freshName();
    const first = await opened(name);
    first.doc.getMap("elements").set("a", "drawn");
    first.copy.saveCommitted(new Map([[7, 3]]));
    await settled();

    const second = await opened(name);
    expect(second.doc.getMap("elements").get("a")).toBe("drawn");
    expect(await second.copy.loadCommitted()).toEqual(new Map([[7, 3]]));
  });

  test("keeps values by name, and reads those of one kind", async () => {
    const name = freshName();
    const { copy } = await opened(name);
    await copy.write("race:a/pos", { group: "pos" });
    await copy.write("race:b/pos", { group: "size" });
    await copy.write("raced", 1);
    await copy.remove("race:b/pos");
    expect(await copy.readAll("race:")).toEqual([{ group: "pos" }]);
    expect(await (await opened(name)).copy.readAll("race:")).toEqual([{ group: "pos" }]);
  });

  test("is compacted after many small changes and still complete", async () => {
    const name = freshName();
    const { doc } = await opened(name);
    for (let i = 0; i < 700; i += 1) doc.getMap("elements").set("a", i);
    await new Promise((resolve) => setTimeout(resolve, 1300));
    const again = await opened(name);
    expect(again.doc.getMap("elements").get("a")).toBe(699);
  });

  test("is told to be missing where the browser stores nothing", async () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    expect(await OfflineCopy.open(freshName(), new Y.Doc(), quiet)).toBeNull();
  });

  test("says once that it is no longer kept when the disk is full", async () => {
    const onFailed = vi.fn();
    const { doc } = await opened(freshName(), new Y.Doc(), { onFailed });
    vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    doc.getMap("elements").set("a", 1);
    doc.getMap("elements").set("b", 2);
    await settled();
    expect(onFailed).toHaveBeenCalledTimes(1);
  });

  test("is gone after it was cleared", async () => {
    const name = freshName();
    const { copy, doc } = await opened(name);
    doc.getMap("elements").set("a", 1);
    await settled();
    await copy.clear();
    await settled();
    expect((await opened(name)).doc.getMap("elements").size).toBe(0);
  });
});

test("images that wait for their upload survive a reload", async () => {
  const name = freshName();
  const { copy } = await opened(name);
  const store = imageStore(Promise.resolve(copy));
  await store.add({ id: "x", mime: "image/png", bytes: new Blob(["abc"]) });
  await store.add({ id: "y", mime: "image/gif", bytes: new Blob(["def"]) });
  await store.remove("x");

  const { copy: reopened } = await opened(name);
  const images = await imageStore(Promise.resolve(reopened)).load();
  expect(images.map(({ id, mime }) => [id, mime])).toEqual([["y", "image/gif"]]);
});
