import { describe, expect, test } from "vitest";
import { decodeBound, decodeGroup, decodeGroups } from "../src/canvas/decode";
import { copyJson, encodeGroups, equalJson } from "../src/canvas/groups";
import { arrow, rectangle, textElement } from "./support/fakeEditor";

const freedraw = rectangle("f", {
  type: "freedraw",
  points: [
    [0, 0],
    [4, 5],
  ],
  pressures: [0.5, 0.7],
  simulatePressure: false,
  lastCommittedPoint: [4, 5],
});
const image = rectangle("i", {
  type: "image",
  fileId: "abc",
  status: "saved",
  scale: [1, -1],
  crop: { x: 0, y: 0, width: 5, height: 5, naturalWidth: 9, naturalHeight: 9 },
});
const elbow = arrow("e", {
  elbowed: true,
  fixedSegments: [{ start: [0, 0], end: [0, 5], index: 1 }],
  startIsSpecial: null,
  endIsSpecial: false,
  startBinding: { elementId: "x", focus: 0, gap: 1, fixedPoint: [0.5, 1] },
});
const container = rectangle("r", {
  roundness: { type: 3 },
  groupIds: ["g1", "g2"],
  customData: { tags: ["a"], nested: { ok: true } },
  boundElements: [
    { id: "t", type: "text" },
    { id: "a", type: "arrow" },
  ],
});

describe("the group model", () => {
  test.each([freedraw, image, elbow, container, textElement("t", "two\nlines")])(
    "brings a $type back as it was",
    (element) => {
      const groups = encodeGroups(element);
      const decoded = { ...element, ...decodeGroups(groups) };
      expect(encodeGroups(decoded)).toEqual(groups);
    },
  );

  test("keeps an editor's bookkeeping out of the document", () => {
    const text = JSON.stringify(encodeGroups(image)) + JSON.stringify(encodeGroups(freedraw));
    for (const key of ["version", "versionNonce", "updated", "status", "lastCommittedPoint"]) {
      expect(text).not.toContain(`"${key}"`);
    }
    expect(Object.keys(encodeGroups(image))).not.toContain("id");
  });

  test("keeps the size of a path and of a text with what determines it", () => {
    expect(encodeGroups(freedraw).size).toBeUndefined();
    expect(encodeGroups(textElement("t", "x")).size).toBeUndefined();
    expect(encodeGroups(freedraw).path).toMatchObject({ width: 10, height: 10 });
    expect(encodeGroups(textElement("t", "x")).text).toMatchObject({ text: "x", width: 10 });
  });

  test("gives every bound element its own key", () => {
    expect(encodeGroups(container)).toMatchObject({ "bound:t": "text", "bound:a": "arrow" });
  });

  test("copies by value, so that later changes in place do not reach the document", () => {
    const groups = encodeGroups(freedraw);
    const points = freedraw.points as number[][];
    points[1] = [9, 9];
    expect(groups.path).toMatchObject({
      points: [
        [0, 0],
        [4, 5],
      ],
    });
    points[1] = [4, 5];
  });
});

describe("values that do not fit are ignored", () => {
  test.each([
    ["pos", "here"],
    ["pos", [1]],
    ["pos", [1, null]],
    ["size", { width: 1 }],
    ["angle", "left"],
    ["fillStyle", "glitter"],
    ["opacity", 1000],
    ["groupIds", "g"],
    ["groupIds", [1]],
    ["startBinding", { elementId: 4 }],
    ["crop", { x: 1 }],
    ["index", 7],
    ["unknown", 1],
    ["constructor", 1],
    ["__proto__", {}],
    ["isDeleted", true],
    ["version", 99],
    ["path", { points: [[0, 0]] }],
  ])("%s: %j", (key, value) => {
    expect(decodeGroup("rectangle", key, value as never)).toBeNull();
  });

  test("a stroke without pressures still gets what the renderer reads", () => {
    const decoded = decodeGroups({ type: "freedraw", path: { points: [[0, 0]] } });
    expect(decoded).toMatchObject({ pressures: [], simulatePressure: true });
    expect(decodeGroups({ type: "freedraw" })).toMatchObject({ points: [] });
  });

  test("groups without a type stand for no element", () => {
    expect(decodeGroups({ pos: [1, 2] })).toBeNull();
    expect(decodeGroups({ type: "x".repeat(51), pos: [1, 2] })).toBeNull();
  });
});

describe("bound elements", () => {
  const groups = { "bound:b": "arrow", "bound:a": "arrow", "bound:t": "text", "bound:x": 4 };

  test("keep the order the editor had, then go by id", () => {
    const known = [
      { id: "b", type: "arrow" as const },
      { id: "gone", type: "arrow" as const },
    ];
    expect(decodeBound(groups, known).map((entry) => entry.id)).toEqual(["b", "a", "t"]);
  });
});

describe("plain values", () => {
  test("are compared deeply, whatever the order of their keys", () => {
    expect(equalJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(equalJson([1, 2], [1])).toBe(false);
    expect(equalJson([], {})).toBe(false);
    expect(equalJson({ a: undefined }, { b: undefined })).toBe(false);
  });

  test("lose what JSON can not say", () => {
    expect(copyJson({ a: undefined, b: Number.NaN, c: () => 1, d: [undefined] })).toEqual({
      b: 0,
      d: [null],
    });
  });
});
