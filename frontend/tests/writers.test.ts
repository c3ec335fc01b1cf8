import { beforeEach, expect, test } from "vitest";
import * as Y from "yjs";
import { Writers } from "../src/undo/writers";

type Values = Record<string, unknown>;

const alice = new Y.Doc();
const bob = new Y.Doc();
let writers: Writers;

function set(doc: Y.Doc, id: string, values: Values): void {
  const elements = doc.getMap<Y.Map<unknown>>("elements");
  doc.transact(() => {
    if (!elements.has(id)) elements.set(id, new Y.Map());
    for (const [key, value] of Object.entries(values)) elements.get(id)?.set(key, value);
  });
  for (const [from, to] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
  }
}

const words = (originalText: string, text = originalText) => ({ originalText, text, width: 90 });
const label = { type: "text", containerId: "box", pos: [1, 1], text: words("one two") };
const bound = (elementId: string) => ({ elementId, focus: 0, gap: 1 });
const arrow = { type: "arrow", pos: [1, 1], path: { points: [[0, 0]] } };

beforeEach(() => {
  writers?.destroy();
  writers = new Writers(alice, { id: "1", name: "Alice" } as never);
  for (const doc of [alice, bob]) doc.getMap("elements").clear();
  set(alice, "box", { type: "rectangle", pos: [0, 0], size: [100, 100] });
});

test.each<[string, Values, Values]>([
  ["a label that moved with its shape", label, { pos: [9, 9] }],
  ["a label whose lines break elsewhere", label, { text: words("one two", "one\ntwo") }],
  [
    "an arrow whose shapes moved",
    { ...arrow, startBinding: bound("a"), endBinding: bound("b") },
    { pos: [9, 9], path: { points: [[5, 5]] } },
  ],
  [
    "an arrow that is bound to the same shape elsewhere",
    { ...arrow, endBinding: bound("a") },
    { endBinding: { ...bound("a"), focus: 0.5 } },
  ],
  ["an arrow whose shape was deleted", { ...arrow, endBinding: bound("a") }, { endBinding: null }],
])("%s has not been changed by others", (_, made, values) => {
  set(alice, "it", made);
  set(bob, "it", values);
  expect(writers.isForeign("it", Object.keys(values)[0] ?? "")).toBe(true);
  expect(writers.isChangedSince("it")).toBe(false);
});

test.each<[string, Values, Values]>([
  ["a label with other words", label, { text: words("one three") }],
  ["a label in another colour", label, { strokeColor: "#ff0000" }],
  ["a text of its own that was moved", { ...label, containerId: null }, { pos: [9, 9] }],
  ["a shape that was moved", { type: "rectangle", pos: [1, 1] }, { pos: [9, 9] }],
  [
    "an arrow whose free end was drawn elsewhere",
    { ...arrow, startBinding: bound("a"), endBinding: null },
    { path: { points: [[5, 5]] } },
  ],
  [
    "a text that others put into a shape",
    { ...label, containerId: null },
    { containerId: "box", text: words("one two", "one\ntwo") },
  ],
  ["an arrow that others bound to a shape", arrow, { startBinding: bound("box") }],
])("%s has been changed by others", (_, made, values) => {
  set(alice, "it", made);
  set(bob, "it", values);
  expect(writers.isChangedSince("it")).toBe(true);
});
