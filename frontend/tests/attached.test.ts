import { expect, test } from "vitest";
import { Attached } from "../src/canvas/attached";
import type { SceneElement } from "../src/canvas/groups";
import { arrow, rectangle, textElement } from "./support/fakeEditor";
import { pair, type Replica } from "./support/network";

const BOUND = [{ id: "arrow", type: "arrow" }];
const start = { elementId: "left", focus: 0, gap: 4 };
const end = { elementId: "right", focus: 0, gap: 4 };

/** Two boxes of 100 by 80 at 0 and 400, and an arrow from 104 to 396 between them, with a label each. */
function draw({ editor }: Replica): void {
  const size = { width: 100, height: 80 };
  editor.add(rectangle("left", { ...size, index: "a1", boundElements: BOUND }));
  editor.add(rectangle("right", { ...size, x: 400, index: "a2", boundElements: BOUND }));
  const points = [
    [0, 0],
    [292, 0],
  ];
  const bindings = { startBinding: start, endBinding: end };
  editor.add(arrow("arrow", { x: 104, y: 40, points, width: 292, index: "a3", ...bindings }));
}

/** The first holds `id` and does `change`; the second does `others`; the first lets go after `release`. */
function hold(
  id: string,
  change: Readonly<Record<string, unknown>>,
  others: (second: Replica) => void,
  release: Readonly<Record<string, unknown>> = {},
): SceneElement {
  const [first, second, server] = pair(draw);
  const { editor, binding, doc } = first;
  const attached = new Attached(doc, editor);
  attached.begin();
  editor.setState({ selectedElementIds: { [id]: true }, cursorButton: "down" });
  attached.hold(editor.state);
  editor.mutate(id, change);
  binding.push();
  others(second);
  second.binding.push();
  second.sync(server);
  first.sync(server);
  binding.pull();
  editor.mutate(id, release);
  editor.idle();
  binding.push();
  binding.pull();
  attached.settle();
  binding.push();
  first.sync(server);
  second.sync(server);
  second.binding.pull();
  expect(second.editor.get("arrow").points).toEqual(editor.get("arrow").points);
  expect(second.doc.toJSON()).toEqual(doc.toJSON());
  return second.editor.get("arrow");
}

/** On the way there. */
const bending = {
  points: [
    [0, 0],
    [146, 40],
    [292, 0],
  ],
};

const bent = {
  points: [
    [0, 0],
    [146, 90],
    [292, 0],
  ],
};

/** What the editor does on the page where the box is moved: the end goes along. */
function moveRight({ editor }: Replica): void {
  editor.mutate("right", { x: 460, y: 30 });
  editor.mutate("arrow", {
    points: [
      [0, 0],
      [352, 30],
    ],
  });
}

test("the end of an arrow that somebody bends follows its shape, and stays bound", () => {
  const release = { ...bent, endBinding: null };
  const { points, endBinding, startBinding, x } = hold("arrow", bending, moveRight, release);
  expect(points).toEqual([
    [0, 0],
    [146, 90],
    [352, 30],
  ]);
  expect([x, startBinding, endBinding]).toEqual([104, start, end]);
});

test("an end that was pulled off stays off", () => {
  const pulled = {
    points: [
      [0, 0],
      [200, 200],
    ],
  };
  const release = { ...pulled, endBinding: null };
  const { points, endBinding } = hold("arrow", bending, moveRight, release);
  expect([points, endBinding]).toEqual([pulled.points, null]);
});

test("an end that others took off stays off", () => {
  const off = (second: Replica) => {
    moveRight(second);
    second.editor.mutate("arrow", { endBinding: null });
  };
  expect(hold("left", { y: 5 }, off).endBinding).toBeNull();
});

test("both ends fit when one box was moved by each", () => {
  const along = {
    y: 25,
    points: [
      [0, 15],
      [292, 15],
    ],
  };
  const [first, second, server] = pair(draw);
  const attached = new Attached(first.doc, first.editor);
  attached.begin();
  first.editor.setState({ selectedElementIds: { left: true }, cursorButton: "down" });
  attached.hold(first.editor.state);
  moveRight(second);
  second.binding.push();
  second.sync(server);
  // Its editor has not heard of the other box yet.
  first.editor.mutate("left", { x: -50 });
  first.editor.mutate("arrow", {
    x: 54,
    points: [
      [0, 0],
      [342, 0],
    ],
  });
  first.binding.push();
  first.sync(server);
  first.binding.pull();
  // Whichever of the two values stands.
  first.editor.mutate("arrow", { x: 54, y: 40, points: [along.points[0], [342, 0]] });
  first.editor.idle();
  first.binding.push();
  attached.settle();
  const { x, points } = first.editor.get("arrow");
  const last = (points as number[][]).at(-1) ?? [];
  expect([Number(x) + (last[0] ?? 0), 40 + (last[1] ?? 0)]).toEqual([456, 70]);
});

test("a label is where its box is, and a member of a frame stays in it", () => {
  const [first, second, server] = pair(({ editor }) => {
    editor.add(rectangle("frame", { type: "frame", width: 300, height: 200, index: "a1" }));
    const member = { x: 50, y: 50, width: 100, height: 60, frameId: "frame" };
    const bound = [{ id: "label", type: "text" }];
    editor.add(rectangle("box", { ...member, boundElements: bound, index: "a2" }));
    const text = { containerId: "box", width: 40, height: 20, x: 80, y: 70, frameId: "frame" };
    const align = { textAlign: "center", verticalAlign: "middle" };
    editor.add(textElement("label", "words", { ...text, ...align, index: "a3" }));
  });
  const attached = new Attached(first.doc, first.editor);
  attached.begin();
  first.editor.setState({ selectedElementIds: { box: true }, cursorButton: "down" });
  attached.hold(first.editor.state);
  first.editor.mutate("box", { x: 60 });
  first.editor.mutate("label", { x: 90 });
  first.binding.push();
  for (const [id, x] of [
    ["frame", 1000],
    ["box", 1050],
    ["label", 1080],
  ] as const) {
    second.editor.mutate(id, { x });
  }
  second.binding.push();
  second.sync(server);
  first.sync(server);
  first.binding.pull();
  // The editor finds the box outside of its frame.
  first.editor.mutate("box", { x: 70, frameId: null });
  first.editor.idle();
  first.binding.push();
  first.binding.pull();
  attached.settle();
  const box = first.editor.get("box");
  expect([box.frameId, box.x]).toEqual(["frame", 1070]);
  expect(first.editor.get("label").x).toBe(1100);
});
