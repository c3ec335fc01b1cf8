/** Arrows between shapes that several people moved. */
import { describe, expect, test } from "vitest";
import type { Json } from "../src/canvas/groups";
import { alice, BOTH_ORDERS, bob, expectSame, setUpPair } from "./support/recorderPair";
import { type RecordingReplica, rectangleGroups } from "./support/recorders";

describe.each(BOTH_ORDERS)("arrows of clients %i and %i", (idOfAlice, idOfBob) => {
  setUpPair(idOfAlice, idOfBob);

  /** A shape is moved as the editor does it: the arrow goes along, as far as the mover knows. */
  function moveWithArrow(replica: RecordingReplica, shape: "e" | "f", by: number): void {
    const [x = 0, y = 0] = replica.element(shape).get("pos") as number[];
    replica.set("pos", [x, y + by], shape);
    const [left = 0, top = 0] = replica.element("a").get("pos") as number[];
    const { points } = replica.element("a").get("path") as { points: number[][] };
    const end = points[1] ?? [];
    const isStart = shape === "e";
    if (isStart) replica.set("pos", [left, top + by], "a");
    replica.set("path", arrowPath([end[0] ?? 0, (end[1] ?? 0) + (isStart ? -by : by)]), "a");
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
  function moveWithElbow(replica: RecordingReplica, shape: "e" | "f", by: number): void {
    replica.set("pos", [shape === "e" ? 0 : 100, by], shape);
    const down = shape === "e" ? -by : by;
    const points = [
      [0, 0],
      [45, 0],
      [45, down],
      [90, down],
    ];
    const fixedSegments = [{ index: 2, start: [45, 0], end: [45, down] }];
    const path = { points, width: 90, height: by, elbowed: true, fixedSegments };
    if (shape === "e") replica.set("pos", [10, 5 + by], "a");
    replica.set("path", path, "a");
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
});
