/** Deletion by one against edits by others. */
import { describe, expect, test } from "vitest";
import type * as Y from "yjs";
import type { Json } from "../src/canvas/groups";
import { seenOf } from "../src/conflicts/deletion";
import { alice, BOTH_ORDERS, bob, expectSame, network, setUpPair } from "./support/recorderPair";
import type { RecordingReplica } from "./support/recorders";

describe.each(BOTH_ORDERS)("deletions of clients %i and %i", (idOfAlice, idOfBob) => {
  setUpPair(idOfAlice, idOfBob);

  function remove(replica: RecordingReplica): void {
    const by = replica.author.user;
    replica.set("del", { by, at: 1, seen: seenOf(replica.element() as Y.Map<Json>) });
  }

  test("deleted offline, edited online: it stays, and people are asked", () => {
    bob.goOffline();
    remove(bob);
    alice.set("pos", [2, 2]);
    bob.goOnline();
    expectSame();
    expect(alice.element().get("del")).toBe(false);
    const record = alice.conflicts().get("e/del");
    expect(record?.edited).toEqual(["pos"]);
    expect(record?.sides.map(({ name, value }) => [name, value !== false])).toEqual([
      ["Bob", true],
      ["Alice", false],
    ]);
  });

  test("edited offline, deleted online: it is gone, and people are asked", () => {
    bob.goOffline();
    bob.set("strokeColor", "#f00");
    remove(alice);
    bob.goOnline();
    expectSame();
    expect(alice.element().get("del")).toMatchObject({ by: "alice" });
    expect(
      alice
        .conflicts()
        .get("e/del")
        ?.sides.map(({ name }) => name),
    ).toEqual(["Bob", "Alice"]);
  });

  test("deleted after the edit was seen is no conflict, nor is deleted by both", () => {
    bob.set("pos", [2, 2]);
    bob.goOffline();
    remove(bob);
    remove(alice);
    bob.goOnline();
    expectSame();
    expect(alice.conflicts().size).toBe(0);
    expect(alice.element().get("del")).toBeTruthy();
  });

  test("deleted by both, and one of them had seen the edit: it stays deleted", () => {
    bob.goOffline();
    alice.set("pos", [2, 2]);
    remove(bob);
    remove(alice);
    bob.goOnline();
    expectSame();
    expect(alice.conflicts().size).toBe(0);
    expect(alice.element().get("del")).toBeTruthy();
  });

  test("edited and then deleted offline, deleted online: nobody misses anything", () => {
    bob.goOffline();
    bob.set("pos", [2, 2]);
    remove(bob);
    remove(alice);
    bob.goOnline();
    expectSame();
    expect(alice.conflicts().size).toBe(0);
  });

  test("deleted offline, edited online by oneself elsewhere and by another: people are asked", () => {
    const device = network.join(idOfBob + 20, "Bob");
    bob.goOffline();
    remove(bob);
    alice.set("pos", [2, 2]);
    device.set("strokeColor", "#f00");
    bob.goOnline();
    const names = alice
      .conflicts()
      .get("e/del")
      ?.sides.map(({ name }) => name);
    expect(names).toEqual(["Bob", "Alice"]);
  });

  test("an edit is not missed because a later one of the same group won", () => {
    bob.goOffline();
    bob.set("pos", [2, 2]);
    alice.set("pos", [3, 3]);
    remove(alice);
    bob.goOnline();
    expectSame();
    expect(alice.element().get("del")).toBeTruthy();
    expect([...alice.conflicts().keys()]).toEqual(["e/del"]);
  });

  test("nor when it was made online, against somebody who edited and deleted offline", () => {
    bob.goOffline();
    bob.set("pos", [2, 2]);
    remove(bob);
    alice.set("pos", [3, 3]);
    bob.goOnline();
    expectSame();
    expect(alice.element().get("del")).toBe(false);
    expect(alice.conflicts().has("e/del")).toBe(true);
  });

  test("of several who delete, what each had seen is kept, whoever wins", () => {
    const carol = network.join(idOfBob + 30, "Carol");
    carol.goOffline();
    bob.goOffline();
    alice.set("pos", [2, 2]);
    remove(alice);
    remove(bob);
    bob.goOnline();
    remove(carol);
    carol.goOnline();
    expectSame();
    expect(alice.conflicts().size).toBe(0);
    expect(alice.element().get("del")).toBeTruthy();
  });

  test("who edited what another deleted, and then deletes it, ends the question", () => {
    bob.set("pos", [2, 2]);
    const carol = network.join(idOfBob + 30, "Carol");
    carol.goOffline();
    bob.set("strokeColor", "#f00");
    bob.goOffline();
    remove(bob);
    remove(carol);
    carol.goOnline();
    expect(alice.conflicts().has("e/del")).toBe(true);
    bob.goOnline();
    expectSame();
    expect(alice.conflicts().size).toBe(0);
    expect(alice.element().get("del")).toBeTruthy();
  });

  test("so does who replaced what another deleted, and then deletes it", () => {
    const carol = network.join(idOfBob + 30, "Carol");
    carol.goOffline();
    bob.set("pos", [2, 2]);
    alice.goOffline();
    remove(carol);
    alice.set("pos", [3, 3]);
    carol.goOnline();
    expect(bob.conflicts().has("e/del")).toBe(true);
    remove(alice);
    alice.goOnline();
    expectSame();
    expect(alice.conflicts().size).toBe(0);
    expect(alice.element().get("del")).toBeTruthy();
  });

  test("and who takes a deletion back without knowing of the question about it", () => {
    const carol = network.join(idOfBob + 30, "Carol");
    carol.goOffline();
    remove(alice);
    remove(carol);
    carol.set("del", false);
    bob.goOffline();
    carol.goOnline();
    expect(alice.conflicts().has("e/del")).toBe(true);
    bob.set("del", false);
    bob.goOnline();
    expectSame();
    expect(alice.conflicts().size).toBe(0);
    expect(alice.element().get("del")).toBe(false);
  });

  describe.each([
    [1, 2, 3],
    [1, 3, 2],
    [2, 1, 3],
    [2, 3, 1],
    [3, 1, 2],
    [3, 2, 1],
  ])("coming back in the order %i %i %i", (...order) => {
    test.each([30, 50])("one's own deletion does not hide that of another (%i)", (idOfCarol) => {
      const [device, other] = [20, 40].map((id) => network.join(idOfBob + id, "Bob"));
      const carol = network.join(idOfBob + idOfCarol, "Carol");
      const away = [device, other, carol].filter((one) => one !== undefined);
      for (const one of away) one.goOffline();
      device?.set("pos", [2, 2]);
      for (const one of away.slice(1)) remove(one);
      for (const at of order) away[at - 1]?.goOnline();
      expectSame();
      const sides = alice.conflicts().get("e/del")?.sides ?? [];
      expect(sides.map(({ name, value }) => [name, value !== false])).toEqual(
        expect.arrayContaining([
          ["Bob", false],
          ["Carol", true],
        ]),
      );
    });

    test("one's own deletion of one's own edit asks nobody", () => {
      const device = network.join(idOfBob + 20, "Bob");
      for (const away of [bob, device]) away.goOffline();
      remove(bob);
      device.set("pos", [2, 2]);
      for (const at of order) [bob, device][at - 1]?.goOnline();
      expectSame();
      expect(alice.conflicts().size).toBe(0);
      expect(alice.element().get("del")).toBeTruthy();
    });

    test("deleted by one and kept by another after a deletion: people are asked", () => {
      const carol = network.join(idOfBob + 30, "Carol");
      carol.goOffline();
      remove(carol);
      remove(alice);
      bob.goOffline();
      bob.set("del", false);
      for (const at of order) [bob, carol][at - 1]?.goOnline();
      expectSame();
      expect(
        alice
          .conflicts()
          .get("e/del")
          ?.sides.map(({ name }) => name)
          .sort(),
      ).toEqual(["Bob", "Carol"]);
    });

    test("who agrees with an open question without knowing of it leaves it open", () => {
      const carol = network.join(idOfBob + 30, "Carol");
      for (const away of [bob, carol]) away.goOffline();
      alice.set("strokeColor", "#f00");
      bob.set("strokeColor", "#0f0");
      carol.set("strokeColor", "#f00");
      for (const at of order) [bob, carol][at - 1]?.goOnline();
      expectSame();
      expect(alice.conflicts().has("e/strokeColor")).toBe(true);
    });
  });
});
