import { describe, expect, test } from "vitest";
import type { SceneElement } from "../src/canvas/groups";
import { copyWithValue, withValue } from "../src/conflicts/apply";
import { arrow, rectangle, textElement } from "./support/fakeEditor";

function sceneOf(...elements: SceneElement[]): Map<string, SceneElement> {
  return new Map(elements.map((element) => [element.id, element]));
}

const label = textElement("label", "hi", {
  containerId: "shape",
  textAlign: "center",
  verticalAlign: "middle",
  width: 20,
  height: 10,
  x: 40,
  y: 45,
});
const line = arrow("line", {
  x: 100,
  y: 50,
  endBinding: { elementId: "shape", focus: 0, gap: 1 },
});
const shape = rectangle("shape", {
  width: 100,
  height: 100,
  boundElements: [
    { id: "label", type: "text" },
    { id: "line", type: "arrow" },
  ],
});

describe("a chosen value", () => {
  test("takes the label and the end of the arrow along, and leaves the scene's elements alone", () => {
    const scene = sceneOf(shape, label, line);
    const changed = withValue(scene, "shape", "pos", [200, 0]);
    expect(changed.get("shape")).toMatchObject({ x: 200, y: 0, version: 2 });
    expect(changed.get("label")).toMatchObject({ x: 240, y: 45 });
    const end = [
      [0, 0],
      [210, 10],
    ];
    expect(changed.get("line")).toMatchObject({ x: 100, points: end, width: 210, height: 10 });
    expect(scene.get("shape")).toMatchObject({ x: 0, version: 1 });
    expect(scene.get("line")?.points).toEqual([
      [0, 0],
      [10, 10],
    ]);
  });

  test("that does not fit the group changes nothing", () => {
    expect(withValue(sceneOf(shape), "shape", "pos", "nowhere").size).toBe(0);
    expect(withValue(sceneOf(shape), "gone", "pos", [1, 1]).size).toBe(0);
  });

  test("of words keeps the label inside its shape", () => {
    const value = { text: "longer", originalText: "longer", width: 60, height: 10 };
    const changed = withValue(sceneOf(shape, label), "label", "text", value);
    expect(changed.get("label")).toMatchObject({ text: "longer", x: 20, y: 45 });
  });
});

describe("a copy with the other value", () => {
  let serial = 0;
  const newId = () => `copy${serial++}`;

  test("lies at the other place, with its own label, and without the arrow", () => {
    const scene = sceneOf(shape, label, line);
    const copies = copyWithValue(scene, "shape", "pos", [200, 0], newId);
    expect(copies.map(({ type, x, y }) => [type, x, y])).toEqual([
      ["rectangle", 200, 0],
      ["text", 240, 45],
    ]);
    const [box, words] = copies;
    expect(words?.containerId).toBe(box?.id);
    expect(box?.boundElements).toEqual([{ id: words?.id, type: "text" }]);
    expect(copies.some(({ id }) => scene.has(id))).toBe(false);
  });

  test("lies beside the original when the conflict is not about the place", () => {
    const [copy] = copyWithValue(sceneOf(rectangle("r")), "r", "strokeColor", "#f00", newId);
    expect(copy).toMatchObject({ strokeColor: "#f00", x: 24, y: 24 });
  });

  test("of a label brings its shape", () => {
    const value = { text: "other", originalText: "other", width: 50, height: 10 };
    const copies = copyWithValue(sceneOf(shape, label), "label", "text", value, newId);
    expect(copies.map(({ type }) => type)).toEqual(["rectangle", "text"]);
    expect(copies[1]).toMatchObject({ text: "other", containerId: copies[0]?.id });
  });
});
