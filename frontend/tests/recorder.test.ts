import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { Json } from "../src/canvas/groups";
import { seenOf } from "../src/conflicts/deletion";
import { LIVE_REST_MS } from "../src/conflicts/recorder";
import { contentOf, Office, rectangleGroups, type Worker } from "./support/office";

let office: Office;
let alice: Worker;
let bob: Worker;

/** Both orders of client ids: which value wins in Yjs depends on them. */
describe.each([
  [1, 2],
  [2, 1],
])("conflicts of clients %i and %i", (idOfAlice, idOfBob) => {
  beforeEach(() => {
    vi.useFakeTimers();
    office = new Office();
    alice = office.join(idOfAlice, "Alice");
    alice.doc.getMap("elements").set("e", rectangleGroups());
    bob = office.join(idOfBob, "Bob");
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  function expectSame(): void {
    expect(contentOf(bob.doc)).toEqual(contentOf(alice.doc));
    expect(contentOf(office.server)).toEqual(contentOf(alice.doc));
  }

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
    const carol = office.join(idOfBob + 20, "Carol");
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
    const carol = office.join(idOfBob + 20, "Carol");
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
    const tab = office.join(idOfTab, "Bob");
    const carol = office.join(20, "Carol");
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
    const carol = office.join(3, "Carol");
    for (const worker of [bob, carol]) worker.goOffline();
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
    for (const worker of [bob, alice]) {
      worker.set("pos", [worker.doc.clientID, 0]);
      worker.set("strokeColor", worker.name);
    }
    bob.goOnline();
    const batches = [...alice.conflicts().values()].map(({ batch }) => batch);
    expect(batches).toHaveLength(2);
    expect(new Set(batches).size).toBe(1);
  });

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
    expect(office.server.getMap("conflicts").size).toBe(0);
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
    for (const worker of [first, second]) worker.goOffline();
    first[go](idOfAlice + 40);
    second[go](idOfBob + 40);
    for (const worker of [first, second]) worker.goOnline();
    vi.advanceTimersByTime(LIVE_REST_MS);
    expectSame();
    const sides = alice.conflicts().get("e/pos")?.sides;
    expect(sides?.map(({ name }) => name).sort()).toEqual(["Alice", "Bob"]);
    expect([...alice.races.keys(), ...bob.races.keys()]).toEqual([]);

    let writes = 0;
    office.server.on("update", () => {
      writes += 1;
    });
    for (const worker of [first, second]) {
      worker.goOffline();
      worker.crash(worker.doc.clientID + 40);
      worker.goOnline();
    }
    vi.advanceTimersByTime(LIVE_REST_MS);
    expect(writes, "recorded once").toBe(0);
  });

  test("a live race that was settled while the page was gone leaves nothing", () => {
    race(
      () => alice.set("pos", [1, 1]),
      () => bob.set("pos", [2, 2]),
    );
    for (const worker of [alice, bob]) {
      worker.goOffline();
      worker.crash(worker.doc.clientID + 40);
    }
    const carol = office.join(idOfBob + 30, "Carol");
    carol.set("pos", [3, 3]);
    for (const worker of [alice, bob]) worker.goOnline();
    vi.advanceTimersByTime(LIVE_REST_MS * 2);
    expectSame();
    expect(office.server.getMap("conflicts").size).toBe(0);
    expect([...alice.races.keys(), ...bob.races.keys()]).toEqual([]);
  });

  test("a value that only a recorder let stand gives way to what a person drew meanwhile", () => {
    bob.goOffline();
    bob.set("pos", [1, 1]);
    alice.set("pos", [2, 2]);
    const sent: Uint8Array[] = [];
    const take = office.take.bind(office);
    // Bob's merge is on its way while Alice already goes on.
    vi.spyOn(office, "take").mockImplementation((author, update) => {
      if (author === bob) sent.push(update);
      else take(author, update);
    });
    bob.goOnline();
    alice.set("pos", [7, 7]);
    vi.restoreAllMocks();
    for (const update of sent) office.take(bob, update);
    vi.advanceTimersByTime(LIVE_REST_MS * 2);
    expectSame();
    expect(alice.element().get("pos")).toEqual([7, 7]);
    const sides = alice.conflicts().get("e/pos")?.sides;
    expect(sides?.map(({ name, value }) => [name, value])).toEqual([
      ["Bob", [1, 1]],
      ["Alice", [7, 7]],
    ]);
  });

  /** A shape is moved as the editor does it: the arrow goes along, as far as the mover knows. */
  function moveWithArrow(worker: Worker, shape: "e" | "f", by: number): void {
    const [x = 0, y = 0] = worker.element(shape).get("pos") as number[];
    worker.set("pos", [x, y + by], shape);
    const [left = 0, top = 0] = worker.element("a").get("pos") as number[];
    const { points } = worker.element("a").get("path") as { points: number[][] };
    const end = points[1] ?? [];
    const isStart = shape === "e";
    if (isStart) worker.set("pos", [left, top + by], "a");
    worker.set("path", arrowPath([end[0] ?? 0, (end[1] ?? 0) + (isStart ? -by : by)]), "a");
  }

  function arrowPath([x, y]: [number, number]): Json {
    return {
      points: [
        [0, 0],
        [x, y],
      ],
      width: Math.abs(x),
      height: Math.abs(y),
      elbowed: false,
    };
  }

  function connect(): void {
    const elements = alice.doc.getMap("elements");
    alice.element().set("bound:a", "arrow");
    elements.set("f", rectangleGroups({ pos: [100, 0], "bound:a": "arrow" }));
    const bindings = { startBinding: { elementId: "e" }, endBinding: { elementId: "f" } };
    const path = arrowPath([90, 0]);
    elements.set("a", rectangleGroups({ type: "arrow", pos: [10, 5], path, ...bindings }));
  }

  test("an arrow between two shapes that two people moved reaches both", () => {
    connect();
    bob.goOffline();
    moveWithArrow(bob, "e", 40);
    moveWithArrow(alice, "f", 300);
    bob.goOnline();
    expectSame();
    expect(alice.element("a").get("pos")).toEqual([10, 45]);
    expect(alice.element("a").get("path")).toEqual(arrowPath([90, 260]));
    expect(alice.conflicts().size).toBe(0);
  });

  test("an arrow follows the place that stands when one shape was moved by both", () => {
    connect();
    bob.goOffline();
    moveWithArrow(bob, "e", 40);
    moveWithArrow(alice, "e", 70);
    bob.goOnline();
    expectSame();
    expect(alice.element().get("pos")).toEqual([0, 70]);
    expect(alice.element("a").get("pos")).toEqual([10, 75]);
    expect(alice.element("a").get("path")).toEqual(arrowPath([90, -70]));
  });

  /** An elbow from the right edge of "e" by a corner part in the middle to the left edge of "f". */
  function connectByElbow(): void {
    connect();
    const points = [
      [0, 0],
      [45, 0],
      [45, 0],
      [90, 0],
    ];
    const fixedSegments = [{ index: 2, start: [45, 0], end: [45, 0] }];
    alice.element("a").set("path", { points, width: 90, height: 0, elbowed: true, fixedSegments });
    alice.element("a").set("startBinding", { elementId: "e", fixedPoint: [1, 0.5] });
    alice.element("a").set("endBinding", { elementId: "f", fixedPoint: [0, 0.5] });
  }

  /** The elbow as the editor routes it when one shape was moved down. */
  function moveWithElbow(worker: Worker, shape: "e" | "f", by: number): void {
    worker.set("pos", [shape === "e" ? 0 : 100, by], shape);
    const down = shape === "e" ? -by : by;
    const points = [
      [0, 0],
      [45, 0],
      [45, down],
      [90, down],
    ];
    const fixedSegments = [{ index: 2, start: [45, 0], end: [45, down] }];
    const path = { points, width: 90, height: by, elbowed: true, fixedSegments };
    if (shape === "e") worker.set("pos", [10, 5 + by], "a");
    worker.set("path", path, "a");
  }

  test("an elbow between two shapes that two people moved reaches both and stays one", () => {
    connectByElbow();
    bob.goOffline();
    moveWithElbow(bob, "e", 40);
    moveWithElbow(alice, "f", 300);
    bob.goOnline();
    expectSame();
    expect(alice.element("a").get("pos")).toEqual([10, 45]);
    expect(alice.element("a").get("path")).toEqual({
      points: [
        [0, 0],
        [45, 0],
        [45, 260],
        [90, 260],
      ],
      width: 90,
      height: 260,
      elbowed: true,
      fixedSegments: [{ index: 2, start: [45, 0], end: [45, 260] }],
    });
    expect(alice.conflicts().size).toBe(0);
  });

  function remove(worker: Worker): void {
    const by = worker.author.user;
    worker.set("del", { by, at: 1, seen: seenOf(worker.element() as Y.Map<Json>) });
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
    const device = office.join(idOfBob + 20, "Bob");
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
    const carol = office.join(idOfBob + 30, "Carol");
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
    const carol = office.join(idOfBob + 30, "Carol");
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

  test("two records written at the same moment become one with all sides", () => {
    const carol = office.join(idOfBob + 30, "Carol");
    carol.goOffline();
    carol.set("pos", [3, 3]);
    race(
      () => alice.set("pos", [1, 1]),
      () => bob.set("pos", [2, 2]),
    );
    // Carol comes back while the record of the race is on its way.
    const sent: [Worker, Uint8Array][] = [];
    const take = office.take.bind(office);
    vi.spyOn(office, "take").mockImplementation((author, update) => {
      if (author === carol) take(author, update);
      else sent.push([author, update]);
    });
    vi.advanceTimersByTime(LIVE_REST_MS);
    carol.goOnline();
    vi.restoreAllMocks();
    for (const [author, update] of sent) office.take(author, update);
    expectSame();
    const values = alice
      .conflicts()
      .get("e/pos")
      ?.sides.map(({ value }) => String(value));
    expect(values?.sort()).toEqual(["1,1", "2,2", "3,3"]);
  });

  test("a live race is on record even when somebody comes back in its middle", () => {
    const carol = office.join(idOfBob + 30, "Carol");
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

  test("viewers record nothing", () => {
    bob.recorder.destroy();
    bob.goOffline();
    bob.set("pos", [1, 1]);
    alice.set("pos", [2, 2]);
    bob.goOnline();
    expect(alice.conflicts().size).toBe(0);
  });

  /** Both write before either has the other's value; Alice's reaches the server first. */
  function race(first: () => void, second: () => void): void {
    const held: [Worker, Uint8Array][] = [];
    const spy = vi.spyOn(office, "take").mockImplementation((author, update) => {
      held.push([author, update]);
    });
    first();
    second();
    spy.mockRestore();
    for (const [author, update] of held) office.take(author, update);
  }
});
