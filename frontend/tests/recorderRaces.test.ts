/** Live races: people who change the same thing at the same moment. */
import { describe, expect, test, vi } from "vitest";
import { LIVE_REST_MS } from "../src/conflicts/recorder";
import {
  alice,
  BOTH_ORDERS,
  bob,
  expectSame,
  network,
  race,
  setUpPair,
} from "./support/recorderPair";
import type { RecordingReplica } from "./support/recorders";

describe.each(BOTH_ORDERS)("live races of clients %i and %i", (idOfAlice, idOfBob) => {
  setUpPair(idOfAlice, idOfBob);

  test("in a live race Yjs' choice stays, and it is on record when both have stopped", () => {
    race(
      () => alice.set("pos", [1, 1]),
      () => bob.set("pos", [2, 2]),
    );
    expect(alice.conflicts().size).toBe(0);
    vi.advanceTimersByTime(LIVE_REST_MS);
    expectSame();
    expect(alice.conflicts().get("e/pos")?.sides).toHaveLength(2);
  });

  test("a live race that goes on and is settled by hand leaves nothing", () => {
    race(
      () => alice.set("pos", [1, 1]),
      () => bob.set("pos", [2, 2]),
    );
    vi.advanceTimersByTime(LIVE_REST_MS / 2);
    alice.set("pos", [3, 3]);
    vi.advanceTimersByTime(LIVE_REST_MS * 2);
    expect(bob.conflicts().size).toBe(0);
    expect(network.server.getMap("conflicts").size).toBe(0);
  });

  test.each([
    ["with a last moment", "reload"],
    ["without one", "crash"],
  ] as const)("a live race is on record although both pages went %s", (_how, go) => {
    race(
      () => alice.set("pos", [1, 1]),
      () => bob.set("pos", [2, 2]),
    );
    const [first, second] = [alice, bob];
    for (const replica of [first, second]) replica.goOffline();
    first[go](idOfAlice + 40);
    second[go](idOfBob + 40);
    for (const replica of [first, second]) replica.goOnline();
    vi.advanceTimersByTime(LIVE_REST_MS);
    expectSame();
    const sides = alice.conflicts().get("e/pos")?.sides;
    expect(sides?.map(({ name }) => name).sort()).toEqual(["Alice", "Bob"]);
    expect([...alice.races.keys(), ...bob.races.keys()]).toEqual([]);

    let writes = 0;
    network.server.on("update", () => {
      writes += 1;
    });
    for (const replica of [first, second]) {
      replica.goOffline();
      replica.crash(replica.doc.clientID + 40);
      replica.goOnline();
    }
    vi.advanceTimersByTime(LIVE_REST_MS);
    expect(writes, "recorded once").toBe(0);
  });

  test("a live race that was settled while the page was gone leaves nothing", () => {
    race(
      () => alice.set("pos", [1, 1]),
      () => bob.set("pos", [2, 2]),
    );
    for (const replica of [alice, bob]) {
      replica.goOffline();
      replica.crash(replica.doc.clientID + 40);
    }
    const carol = network.join(idOfBob + 30, "Carol");
    carol.set("pos", [3, 3]);
    for (const replica of [alice, bob]) replica.goOnline();
    vi.advanceTimersByTime(LIVE_REST_MS * 2);
    expectSame();
    expect(network.server.getMap("conflicts").size).toBe(0);
    expect([...alice.races.keys(), ...bob.races.keys()]).toEqual([]);
  });

  test("a value that only a recorder let stand gives way to what a person drew meanwhile", () => {
    bob.goOffline();
    bob.set("pos", [1, 1]);
    alice.set("pos", [2, 2]);
    const sent: Uint8Array[] = [];
    const take = network.take.bind(network);
    // Bob's merge is on its way while Alice already goes on.
    vi.spyOn(network, "take").mockImplementation((author, update) => {
      if (author === bob) sent.push(update);
      else take(author, update);
    });
    bob.goOnline();
    alice.set("pos", [7, 7]);
    vi.restoreAllMocks();
    for (const update of sent) network.take(bob, update);
    vi.advanceTimersByTime(LIVE_REST_MS * 2);
    expectSame();
    expect(alice.element().get("pos")).toEqual([7, 7]);
    const sides = alice.conflicts().get("e/pos")?.sides;
    expect(sides?.map(({ name, value }) => [name, value])).toEqual([
      ["Bob", [1, 1]],
      ["Alice", [7, 7]],
    ]);
  });

  test("two records written at the same moment become one with all sides", () => {
    const carol = network.join(idOfBob + 30, "Carol");
    carol.goOffline();
    carol.set("pos", [3, 3]);
    race(
      () => alice.set("pos", [1, 1]),
      () => bob.set("pos", [2, 2]),
    );
    // Carol comes back while the record of the race is on its way.
    const sent: [RecordingReplica, Uint8Array][] = [];
    const take = network.take.bind(network);
    vi.spyOn(network, "take").mockImplementation((author, update) => {
      if (author === carol) take(author, update);
      else sent.push([author, update]);
    });
    vi.advanceTimersByTime(LIVE_REST_MS);
    carol.goOnline();
    vi.restoreAllMocks();
    for (const [author, update] of sent) network.take(author, update);
    expectSame();
    const values = alice
      .conflicts()
      .get("e/pos")
      ?.sides.map(({ value }) => String(value));
    expect(values?.sort()).toEqual(["1,1", "2,2", "3,3"]);
  });

  test("a live race is on record even when somebody comes back in its middle", () => {
    const carol = network.join(idOfBob + 30, "Carol");
    carol.goOffline();
    carol.set("pos", [3, 3]);
    race(
      () => alice.set("pos", [1, 1]),
      () => bob.set("pos", [2, 2]),
    );
    vi.advanceTimersByTime(LIVE_REST_MS / 2);
    carol.goOnline();
    vi.advanceTimersByTime(LIVE_REST_MS);
    const values = alice
      .conflicts()
      .get("e/pos")
      ?.sides.map(({ value }) => String(value));
    expect(values?.sort()).toEqual(["1,1", "2,2", "3,3"]);
  });
});
