// @vitest-environment happy-dom
/** Files of other programs: lines of CSV, and drawings of tldraw. */
import { describe, expect, test } from "vitest";
import type { FileElement } from "../src/canvas/file";
import { notesOf } from "../src/files/csv";
import { parseDrawing } from "../src/files/drawing";
import { Refused } from "../src/files/refused";
import { elementsOfTldr } from "../src/tldraw/elements";

const texts = (elements: readonly FileElement[]) =>
  elements.filter(({ type }) => type === "text").map(({ text }) => text);

describe("lines of CSV", () => {
  test("are notes, ten in a row, with quoted separators and line ends", () => {
    const notes = notesOf('\ufeffone;1\r\n"two; ""2""\nmore";\n\n;\nthree');
    expect(texts(notes)).toEqual(["one\n1", 'two; "2"\nmore', "three"]);
    const many = notesOf(Array.from({ length: 11 }, (_, at) => `n${at}`).join("\n"));
    const boxes = many.filter(({ type }) => type === "rectangle");
    expect(boxes.map(({ y }) => y === 0)).toEqual([...Array(10).fill(true), false]);
    for (const [at, { id }] of boxes.entries()) expect(many[2 * at + 1]?.containerId).toBe(id);
    for (const { customData } of boxes) expect(customData).toEqual({ note: true });
  });

  test("more than a board wants, and none, are refused with a sentence", () => {
    expect(() => notesOf("a\n".repeat(2_001))).toThrow("more than 2000 lines");
    expect(() => notesOf("\n ,\n")).toThrow(Refused);
  });
});

describe("a drawing of tldraw", () => {
  const shape = (id: string, type: string, props: object, other: object = {}) => ({
    ...{
      typeName: "shape",
      id: `shape:${id}`,
      type,
      parentId: "page:p",
      x: 10,
      y: 20,
      rotation: 0,
    },
    ...{ props, ...other },
  });
  const file = (...records: unknown[]) => ({ tldrawFileFormatVersion: 1, records });
  const rich = { type: "doc", content: [{ type: "paragraph", content: [{ text: "new" }] }] };

  test("has its boxes, notes, texts, strokes, lines, arrows and frames", () => {
    const { elements, left } = elementsOfTldr(
      file(
        shape("f", "frame", { w: 500, h: 400, name: "Plan" }),
        shape(
          "g",
          "geo",
          { geo: "ellipse", w: 50, h: 40, text: "old", color: "red" },
          {
            parentId: "shape:f",
          },
        ),
        shape("n", "note", { richText: rich, color: "yellow" }),
        shape("t", "text", { text: "alone" }),
        shape("d", "draw", {
          segments: [
            {
              points: [
                { x: 0, y: 0 },
                { x: 5, y: 5, z: 0.5 },
              ],
            },
          ],
        }),
        shape("l", "line", {
          points: { b: { x: 9, y: 0, index: "a2" }, a: { x: 1, y: 0, index: "a1" } },
        }),
        shape("a", "arrow", { start: { x: 0, y: 0 }, end: { x: 30, y: 40 }, dash: "dotted" }),
        shape("v", "video", {}),
        { typeName: "page", id: "page:p" },
      ),
    );
    expect(left).toBe(1);
    const kinds = [
      "frame",
      "ellipse",
      "text",
      "rectangle",
      "text",
      "text",
      "freedraw",
      "line",
      "arrow",
    ];
    expect(elements.map(({ type }) => type)).toEqual(kinds);
    expect(texts(elements)).toEqual(["old", "new", "alone"]);
    expect(elements[1]).toMatchObject({ x: 20, y: 40, frameId: "shape:f", strokeColor: "#e03131" });
    expect(elements[7]).toMatchObject({
      x: 11,
      points: [
        [0, 0],
        [8, 0],
      ],
    });
    expect(elements[8]).toMatchObject({ width: 30, height: 40, strokeStyle: "dotted" });
  });

  test("has its pages beside each other, and groups inside groups", () => {
    const box = { geo: "rectangle", w: 100, h: 100 };
    const { elements } = elementsOfTldr(
      file(
        shape("one", "group", {}, { rotation: Math.PI / 2 }),
        shape("a", "geo", box, { parentId: "shape:one" }),
        shape("b", "geo", box, { parentId: "page:q" }),
      ),
    );
    const [a, b] = elements;
    expect(a?.groupIds).toEqual(["shape:one"]);
    expect(a?.angle).toBeCloseTo(Math.PI / 2);
    expect([a?.x, a?.y]).toEqual([expect.closeTo(-110), expect.closeTo(30)]);
    expect(Number(b?.x)).toBeCloseTo(Number(a?.x) + 100 + 200);
  });

  test("of a later format, with too much, or in circles, ends with a sentence or is taken", () => {
    expect(() => elementsOfTldr({ tldrawFileFormatVersion: 2 })).toThrow("newer tldraw (format 2)");
    const many = Array.from({ length: 20_001 }, (_, at) => shape(`${at}`, "geo", {}));
    expect(() => elementsOfTldr(file(...many))).toThrow(Refused);
    const a = shape("a", "geo", { geo: 7, w: "wide", richText: rich }, { parentId: "shape:b" });
    const b = shape("b", "group", {}, { parentId: "shape:a" });
    expect(elementsOfTldr(file(a, b, null, 7)).elements.length).toBeGreaterThan(0);
  });
});

test("items of a library that share ids come in whole", async () => {
  const box = { id: "a", type: "rectangle", x: 0, y: 0, width: 90, height: 60 };
  const text = {
    id: "t",
    type: "text",
    x: 5,
    y: 5,
    width: 9,
    height: 9,
    text: "x",
    containerId: "a",
  };
  const own = { ...box, boundElements: [{ id: "t", type: "text" }] };
  const items = [[box], [own, text], [own, text]].map((elements) => ({ elements }));
  const file = { type: "excalidrawlib", version: 2, libraryItems: items };
  const { elements, left } = await parseDrawing(JSON.stringify(file));
  expect([elements.length, new Set(elements.map(({ id }) => id)).size, left]).toEqual([5, 5, 0]);
  const [, first, label, second, other] = elements;
  expect([label?.containerId, other?.containerId]).toEqual([first?.id, second?.id]);
  expect(label?.groupIds).not.toEqual(other?.groupIds);
});
