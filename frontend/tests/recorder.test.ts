/** Conflicts after an offline stretch, and what settles them. */
import { describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { Json } from "../src/canvas/groups";
import { LIVE_REST_MS } from "../src/conflicts/recorder";
import { alice, BOTH_ORDERS, bob, expectSame, network, setUpPair } from "./support/recorderPair";
import { rectangleGroups } from "./support/recorders";

describe.each(BOTH_ORDERS)("conflicts of clients %i and %i", (idOfAlice, idOfBob) => {
  setUpPair(idOfAlice, idOfBob);

  test("after an offline merge the online value stands, and both are on record", () => {
    bob.goOffline();
    bob.set("pos", [1, 1]);
    alice.set("pos", [2, 2]);
    bob.goOnline();
    expectSame();
    expect(alice.element().get("pos")).toEqual([2, 2]);
    const [record] = [...alice.conflicts().values()];
    expect([...alice.conflicts().keys()]).toEqual(["e/pos"]);
    expect(record?.sides.map(({ name, value }) => [name, value])).toEqual([
      ["Bob", [1, 1]],
      ["Alice", [2, 2]],
    ]);
  });

  test("who comes back to a conflict takes nobody's value from it", () => {
    const carol = network.join(idOfBob + 20, "Carol");
    bob.goOffline();
    bob.set("pos", [1, 1]);
    alice.set("pos", [2, 2]);
    carol.goOffline();
    carol.set("pos", [3, 3]);
    bob.goOnline(); // and makes Alice's value stand, under Bob's client id
    carol.goOnline();
    expectSame();
    expectValues([1, 1], [3, 3]);
  });

  test("the same when they come back at the same moment", () => {
    const carol = network.join(idOfBob + 20, "Carol");
    bob.goOffline();
    bob.set("pos", [1, 1]);
    alice.set("pos", [2, 2]);
    carol.goOffline();
    carol.set("pos", [3, 3]);
    bob.goOnlineWhile(() => carol.goOnline());
    vi.advanceTimersByTime(LIVE_REST_MS);
    expectSame();
    expectValues([1, 1], [3, 3]);
  });

  test.each([3, 30])("the same when two tabs of one of them record it, one is %i", (idOfTab) => {
    const tab = network.join(idOfTab, "Bob");
    const carol = network.join(20, "Carol");
    tab.goOffline();
    bob.goOffline();
    bob.set("pos", [1, 1]);
    Y.applyUpdate(tab.doc, Y.encodeStateAsUpdate(bob.doc), "another tab");
    alice.set("pos", [2, 2]);
    carol.goOffline();
    carol.set("pos", [3, 3]);
    bob.goOnlineWhile(() => tab.goOnline());
    carol.goOnline();
    vi.advanceTimersByTime(LIVE_REST_MS);
    expectSame();
    expectValues([1, 1], [3, 3]);
  });

  function expectValues(...expected: Json[]): void {
    const values = alice
      .conflicts()
      .get("e/pos")
      ?.sides.map(({ value }) => value);
    for (const value of expected) expect(values).toContainEqual(value);
  }

  test("edits of a page that was closed offline in between are on record too", () => {
    bob.goOffline();
    bob.set("pos", [1, 1]);
    bob.reload(idOfBob + 10);
    alice.set("pos", [2, 2]);
    bob.goOnline();
    expect(alice.element().get("pos")).toEqual([2, 2]);
    expect(
      alice
        .conflicts()
        .get("e/pos")
        ?.sides.map(({ name }) => name),
    ).toEqual(["Bob", "Alice"]);
  });

  test("colour and move are none, and equal values are none", () => {
    bob.goOffline();
    bob.set("pos", [1, 1]);
    bob.set("size", [5, 5]);
    alice.set("strokeColor", "#f00");
    alice.set("size", [5, 5]);
    bob.goOnline();
    expectSame();
    expect(alice.conflicts().size).toBe(0);
    expect(alice.element().toJSON()).toMatchObject({ pos: [1, 1], strokeColor: "#f00" });
  });

  test("the same words with other line breaks are none", () => {
    const text = (words: string, broken: string) => ({ originalText: words, text: broken });
    alice.doc.getMap("elements").set("t", rectangleGroups({ type: "text", text: text("a", "a") }));
    bob.goOffline();
    bob.set("text", text("one two", "one\ntwo"), "t");
    alice.set("text", text("one two", "one two"), "t");
    bob.goOnline();
    expectSame();
    expect(alice.conflicts().size).toBe(0);
  });

  test("what follows from other elements is none, and keeps to its shape", () => {
    const elements = alice.doc.getMap("elements");
    const text = { originalText: "hi", text: "hi", width: 20, height: 10 };
    const label = { type: "text", containerId: "e", text, pos: [40, 45] };
    elements.set("label", rectangleGroups(label));
    elements.set("arrow", rectangleGroups({ type: "arrow", startBinding: { elementId: "e" } }));
    alice.set("size", [100, 100]);
    alice.element().set("bound:label", "text");
    bob.goOffline();
    bob.set("pos", [300, 0]);
    bob.set("pos", [340, 45], "label");
    bob.set("pos", [300, 0], "arrow");
    alice.set("pos", [40, 145], "label");
    alice.set("pos", [0, 100], "arrow");
    bob.goOnline();
    expectSame();
    expect([...alice.conflicts().keys()]).toEqual([]);
    expect(alice.element("label").get("pos")).toEqual([340, 45]);
  });

  test("one edit by hand settles a conflict, on every replica", () => {
    bob.goOffline();
    bob.set("pos", [1, 1]);
    alice.set("pos", [2, 2]);
    bob.goOnline();
    alice.set("pos", [3, 3]);
    expect(bob.conflicts().size).toBe(0);
    // Also by a program that knows nothing of conflicts.
    bob.goOffline();
    bob.set("pos", [4, 4]);
    alice.set("pos", [5, 5]);
    bob.goOnline();
    expect(alice.conflicts().size).toBe(1);
    alice.element().set("pos", [6, 6]);
    expect(alice.conflicts().size).toBe(0);
    expect(bob.conflicts().size).toBe(0);
  });

  test("a third value joins the record", () => {
    const carol = network.join(3, "Carol");
    for (const replica of [bob, carol]) replica.goOffline();
    bob.set("pos", [1, 1]);
    carol.set("pos", [3, 3]);
    alice.set("pos", [2, 2]);
    bob.goOnline();
    carol.goOnline();
    const names = alice
      .conflicts()
      .get("e/pos")
      ?.sides.map(({ name }) => name);
    expect(names?.sort()).toEqual(["Alice", "Bob", "Carol"]);
    expect(alice.element().get("pos")).toEqual([2, 2]);
  });

  test("conflicts of one return share a batch", () => {
    bob.goOffline();
    for (const replica of [bob, alice]) {
      replica.set("pos", [replica.doc.clientID, 0]);
      replica.set("strokeColor", replica.name);
    }
    bob.goOnline();
    const batches = [...alice.conflicts().values()].map(({ batch }) => batch);
    expect(batches).toHaveLength(2);
    expect(new Set(batches).size).toBe(1);
  });

  test("viewers record nothing", () => {
    bob.recorder.destroy();
    bob.goOffline();
    bob.set("pos", [1, 1]);
    alice.set("pos", [2, 2]);
    bob.goOnline();
    expect(alice.conflicts().size).toBe(0);
  });
});
