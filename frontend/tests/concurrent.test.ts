import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import {
  type ConcurrentWrite,
  concurrentWrites,
  isUnacknowledged,
} from "../src/conflicts/concurrent";

/** A document that remembers what the detector said about every merge. */
class Replica extends Y.Doc {
  log: ConcurrentWrite[] = [];

  constructor(clientId: number, gc = true) {
    super({ gc });
    this.clientID = clientId;
    this.on("beforeObserverCalls", (tr: Y.Transaction) => {
      this.log.push(...concurrentWrites(tr, () => true));
    });
  }

  get element(): Y.Map<unknown> {
    return this.getMap<Y.Map<unknown>>("elements").get("e") as Y.Map<unknown>;
  }

  get said(): string[] {
    return this.log.map(({ ours, theirs, winner }) => {
      const value = (side: typeof ours) => (side.isKnown ? JSON.stringify(side.value) : "gone");
      return `${value(ours)} / ${value(theirs)}: ${winner}`;
    });
  }

  get vector(): Map<number, number> {
    return Y.decodeStateVector(Y.encodeStateVector(this));
  }
}

function push(from: Y.Doc, to: Y.Doc): void {
  Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
}

function sync(a: Y.Doc, b: Y.Doc): void {
  const update = Y.encodeStateAsUpdate(a, Y.encodeStateVector(b));
  push(b, a);
  Y.applyUpdate(b, update);
}

/** Replicas that start from one element. */
function replicas(...ids: number[]): Replica[] {
  const docs = ids.map((id) => new Replica(id));
  const [first, ...others] = docs;
  first?.getMap("elements").set(
    "e",
    new Y.Map<unknown>([
      ["pos", [0, 0]],
      ["strokeColor", "black"],
    ]),
  );
  for (const other of others) if (first) push(first, other);
  return docs;
}

describe("writes to one key", () => {
  test("one after the other are no conflict", () => {
    const [a, b] = replicas(1, 2) as [Replica, Replica];
    a.element.set("pos", [1, 1]);
    sync(a, b);
    b.element.set("pos", [2, 2]);
    sync(a, b);
    a.element.set("pos", [3, 3]);
    sync(a, b);
    expect([...a.log, ...b.log]).toEqual([]);
  });

  test("without knowledge of each other are seen on both sides, with both values", () => {
    const [a, b] = replicas(1, 2) as [Replica, Replica];
    a.element.set("pos", [10, 0]);
    b.element.set("pos", [0, 20]);
    sync(a, b);
    expect(a.said).toEqual(["[10,0] / [0,20]: theirs"]);
    expect(b.said).toEqual(["[0,20] / [10,0]: ours"]);
    expect(a.element.get("pos")).toEqual(b.element.get("pos"));
  });

  test("colour and move are different keys: nothing, and both stay", () => {
    const [a, b] = replicas(1, 2) as [Replica, Replica];
    a.element.set("pos", [10, 0]);
    b.element.set("strokeColor", "red");
    sync(a, b);
    expect([...a.log, ...b.log]).toEqual([]);
    expect(a.element.toJSON()).toEqual({ pos: [10, 0], strokeColor: "red" });
  });

  test.each([
    [1, 2],
    [2, 1],
  ])("a drag of 200 steps against one of 50 is one conflict (clients %i and %i)", (x, y) => {
    const [a, b] = replicas(x, y) as [Replica, Replica];
    for (let i = 1; i <= 200; i += 1) a.element.set("pos", ["a", i]);
    for (let i = 1; i <= 50; i += 1) b.element.set("pos", ["b", i]);
    sync(a, b);
    for (const doc of [a, b]) {
      expect(doc.log).toHaveLength(1);
      const [found] = doc.log;
      const values = [found?.ours.value, found?.theirs.value];
      expect(values).toContainEqual(["a", 200]);
      expect(values).toContainEqual(["b", 50]);
    }
  });

  test("a drag of ten thousand steps does not exhaust the stack", () => {
    const [a, b] = replicas(1, 2) as [Replica, Replica];
    b.element.set("pos", "mine");
    // As they come after a long stretch offline: values of two keys in turn, none merged with another.
    const sent: Uint8Array[] = [];
    a.on("update", (update: Uint8Array) => sent.push(update));
    a.transact(() => {
      for (let i = 0; i < 10_000; i += 1) a.element.set(i % 2 ? "pos" : "strokeColor", i);
    });
    for (const update of sent) Y.applyUpdate(b, update);
    expect(b.said).toEqual(['"mine" / 9999: ours']);
  });

  test("of a page that was reloaded offline, with a new client id, are still ours", () => {
    const [a, b, server] = replicas(1, 2, 9) as [Replica, Replica, Replica];
    a.element.set("pos", "offline");
    const stored = Y.encodeStateAsUpdate(a);
    const reloaded = new Replica(11);
    Y.applyUpdate(reloaded, stored);
    expect(reloaded.log).toEqual([]);
    const acknowledged = server.vector;
    b.element.set("pos", "online");
    push(b, server);
    push(server, reloaded);
    expect(reloaded.said).toEqual(['"offline" / "online": theirs']);
    expect(isUnacknowledged(reloaded.log[0]?.ours.id as never, acknowledged)).toBe(true);
  });

  test("of three people are found pair by pair", () => {
    const [a, b, c] = replicas(1, 2, 3) as [Replica, Replica, Replica];
    a.element.set("pos", "a");
    b.element.set("pos", "b");
    c.element.set("pos", "c");
    sync(a, b);
    sync(b, c);
    sync(a, c);
    expect(a.said).toEqual(['"a" / "b": theirs', '"b" / "c": theirs']);
    // What had already lost elsewhere comes without its value, and weakest first.
    expect(c.said).toEqual(['"c" / gone: ours', '"c" / "b": ours']);
  });

  test("a chain of two people against one counts once, with its last value", () => {
    const [a, b, c] = replicas(1, 2, 3) as [Replica, Replica, Replica];
    c.element.set("pos", "c");
    a.element.set("pos", "a");
    sync(a, b);
    b.element.set("pos", "b after a");
    push(b, c);
    expect(c.said).toEqual(['"c" / "b after a": ours']);
  });

  test("after a resolution nothing new is found, by nobody", () => {
    const [a, b, c] = replicas(1, 2, 3) as [Replica, Replica, Replica];
    a.element.set("pos", "a");
    b.element.set("pos", "b");
    sync(a, b);
    for (const doc of [a, b]) doc.log = [];
    a.element.set("pos", "settled");
    sync(a, b);
    push(a, c);
    expect([...a.log, ...b.log, ...c.log]).toEqual([]);
  });
});

describe("the record is up to the replica whose value is not acknowledged", () => {
  test.each([
    [1, 2],
    [2, 1],
  ])("in a live race that is the second at the server (clients %i and %i)", (x, y) => {
    const [a, b, server] = replicas(x, y, 9) as [Replica, Replica, Replica];
    const acknowledgedByB = server.vector;
    const sent = new Map<Replica, Uint8Array>();
    for (const doc of [a, b]) doc.on("update", (u: Uint8Array) => sent.set(doc, u));
    a.element.set("pos", "A");
    b.element.set("pos", "B");
    const [updateOfA, updateOfB] = [sent.get(a), sent.get(b)] as [Uint8Array, Uint8Array];
    Y.applyUpdate(server, updateOfA);
    const acknowledgedByA = server.vector;
    Y.applyUpdate(b, updateOfA);
    Y.applyUpdate(server, updateOfB);
    Y.applyUpdate(a, updateOfB);
    const records = (doc: Replica, acknowledged: Map<number, number>) =>
      doc.log.filter(({ ours }) => isUnacknowledged(ours.id, acknowledged));
    expect(a.log).toHaveLength(1);
    expect(records(a, acknowledgedByA)).toEqual([]);
    expect(records(b, acknowledgedByB)).toHaveLength(1);
  });

  test("and not to one that only sees an old value of its own below two newer ones", () => {
    // Yjs stores the same list whether the last writer had seen ours or not.
    const [a, b, c, server] = replicas(1, 2, 3, 9) as [Replica, Replica, Replica, Replica];
    a.element.set("pos", "X");
    push(a, server);
    const acknowledged = server.vector;
    b.element.set("pos", "Y");
    push(b, c);
    push(a, c);
    c.element.set("pos", "Z");
    push(c, a);
    expect(a.log).toHaveLength(1);
    expect(a.log.some(({ ours }) => isUnacknowledged(ours.id, acknowledged))).toBe(false);
  });
});

test("250 conflicts on a board of 5,000 elements are found in a moment", () => {
  const [a, b] = [new Replica(1), new Replica(2)];
  const at = (doc: Y.Doc, i: number) =>
    doc.getMap<Y.Map<unknown>>("elements").get(`e${i}`) as Y.Map<unknown>;
  a.transact(() => {
    for (let i = 0; i < 5000; i += 1) {
      a.getMap("elements").set(`e${i}`, new Y.Map<unknown>([["pos", [i, i]]]));
    }
  });
  push(a, b);
  a.transact(() => {
    for (let i = 0; i < 500; i += 1) at(a, i).set("pos", [0, i]);
  });
  b.transact(() => {
    for (let i = 250; i < 750; i += 1) at(b, i).set("pos", [9, i]);
  });
  const before = performance.now();
  push(a, b);
  expect(b.log).toHaveLength(250);
  expect(performance.now() - before).toBeLessThan(1000);
});
