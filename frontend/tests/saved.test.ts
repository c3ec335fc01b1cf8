import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { raise, reachOf, type StateVector, unsavedChanges } from "../src/sync/saved";
import { rectangle } from "./support/fakeEditor";
import { Replica } from "./support/network";

function committedOf(doc: Y.Doc): StateVector {
  return Y.decodeStateVector(Y.encodeStateVector(doc));
}

function drawn(...ids: string[]): Replica {
  const replica = new Replica(1);
  for (const [i, id] of ids.entries()) replica.editor.add(rectangle(id, { index: `a${i}` }));
  replica.binding.push();
  return replica;
}

describe("what is not saved yet", () => {
  test("nothing in an empty document", () => {
    expect(unsavedChanges(new Y.Doc(), new Map())).toEqual({ isUnsaved: false, changes: 0 });
  });

  test("is counted in elements, however often one was changed", () => {
    const replica = drawn("a", "b");
    for (let x = 0; x < 20; x += 1) {
      replica.editor.mutate("a", { x });
      replica.binding.push();
    }
    expect(unsavedChanges(replica.doc, new Map())).toEqual({ isUnsaved: true, changes: 2 });
  });

  test("is nothing once the server has committed everything", () => {
    const replica = drawn("a");
    const committed: StateVector = new Map();
    expect(raise(committed, committedOf(replica.doc))).toBe(true);
    expect(unsavedChanges(replica.doc, committed).isUnsaved).toBe(false);
    replica.editor.mutate("a", { strokeColor: "red" });
    replica.binding.push();
    expect(unsavedChanges(replica.doc, committed)).toEqual({ isUnsaved: true, changes: 1 });
  });

  test("includes images and settings", () => {
    const doc = new Y.Doc();
    doc.getMap("files").set("image", { mime: "image/png" });
    doc.getMap("meta").set("viewBackgroundColor", "#fff");
    expect(unsavedChanges(doc, new Map()).changes).toBe(2);
  });

  test("survives a reload, after which the client id is another one", () => {
    const before = drawn("a", "b", "c");
    const committed = committedOf(before.doc);
    before.editor.mutate("b", { x: 5 });
    before.editor.mutate("c", { isDeleted: true });
    before.binding.push();

    const reloaded = new Replica(77, true, Y.encodeStateAsUpdate(before.doc));
    const restored: StateVector = new Map([...committed]);
    expect(unsavedChanges(reloaded.doc, restored).changes).toBe(2);
    reloaded.binding.pull();
    reloaded.editor.mutate("a", { x: 9 });
    reloaded.binding.push();
    expect(unsavedChanges(reloaded.doc, restored).changes).toBe(3);
  });

  test("a removed key is covered too: it alone must not look saved", () => {
    const replica = new Replica(1);
    replica.editor.add(rectangle("a", { boundElements: [{ id: "x", type: "arrow" }] }));
    replica.binding.push();
    const committed = committedOf(replica.doc);
    replica.editor.replace("a", { boundElements: [] });
    replica.binding.push();
    expect(replica.doc.getMap("elements").toJSON().a).not.toHaveProperty("bound:x");
    expect(unsavedChanges(replica.doc, committed).isUnsaved).toBe(true);
  });

  test("what the server sent is saved, without waiting for its word", () => {
    const server = drawn("a", "b");
    const client = new Y.Doc();
    const committed: StateVector = new Map();
    const update = Y.encodeStateAsUpdate(server.doc);
    Y.applyUpdate(client, update);
    raise(committed, reachOf(update));
    expect(unsavedChanges(client, committed).isUnsaved).toBe(false);
  });

  test("never sinks when an older word of the server arrives late", () => {
    const committed: StateVector = new Map([[1, 10]]);
    expect(raise(committed, new Map([[1, 4]]))).toBe(false);
    expect(committed.get(1)).toBe(10);
  });
});
