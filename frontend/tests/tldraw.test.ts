// @vitest-environment happy-dom
/** Drawings of tldraw of any age: what becomes of strokes, arrows, notes, pictures and looks. */
import { describe, expect, test } from "vitest";
import type { FileElement } from "../src/canvas/file";
import { elementsOfTldr } from "../src/tldraw/elements";

type Rest = Readonly<Record<string, unknown>>;

const shape = (id: string, type: string, props: object, other: object = {}) => ({
  ...{ typeName: "shape", id: `shape:${id}`, type, parentId: "page:p", x: 0, y: 0, rotation: 0 },
  ...{ props, ...other },
});
const drawn = (...records: unknown[]) => elementsOfTldr({ tldrawFileFormatVersion: 1, records });
const geo = (id: string, x: number, props: object = {}, other: object = {}) =>
  shape(id, "geo", { geo: "rectangle", w: 100, h: 100, ...props }, { x, ...other });
const rich = (...lines: string[]) => ({
  type: "doc",
  content: lines.map((text) => ({ type: "paragraph", content: [{ type: "text", text }] })),
});
const ofType = (elements: readonly FileElement[], type: string) =>
  elements.filter((one) => one.type === type);
/** Where the points of a line are on the board. */
const ways = ({ x, y, points }: FileElement) =>
  (points as [number, number][]).map(([dx, dy]) => [Number(x) + dx, Number(y) + dy]);

describe("strokes", () => {
  /** As tldraw 4.5 writes (0, 0, 0.5), (10, 5, 0.5), (20.5, -3, 0.75), (1000.5, 7, 0.75). */
  const path = "AAAAAAAAAAAAAAA/AEkARQAAQEkAyAA0qGMASQAA";
  /** As a version before it wrote them. */
  const points = "AAAAAAA4AEkARQA4IE0AwgA60WMARwA6";
  const expected = [
    [0, 0],
    [10, 5],
    [20.5, -3],
    [1000.5, 7],
  ];

  test.each([
    ["in ways", { path }],
    ["in places", { points }],
    ["in a list", { points: expected.map(([x, y], at) => ({ x, y, z: at < 2 ? 0.5 : 0.75 })) }],
  ])("have their points, which stand %s", (_, segment) => {
    const { elements, left } = drawn(shape("d", "draw", { segments: [segment], isPen: true }));
    expect(left).toBe(0);
    expect(elements).toHaveLength(1);
    const [stroke] = elements as [FileElement];
    expect(stroke.type).toBe("freedraw");
    for (const [at, [x, y]] of ways(stroke).entries()) {
      expect(x).toBeCloseTo(expected[at]?.[0] as number, 0);
      expect(y).toBeCloseTo(expected[at]?.[1] as number, 1);
    }
    expect(stroke).toMatchObject({ simulatePressure: false, pressures: [0.5, 0.5, 0.75, 0.75] });
  });

  test("are as large as they were made, and thinned out where there are too many points", () => {
    const { elements } = drawn(shape("d", "draw", { segments: [{ path }], scaleX: 2, scaleY: -1 }));
    const at = ways(elements[0] as FileElement);
    expect(at[1]).toEqual([20, -5]);
    const many = Array.from({ length: 60_000 }, (_, x) => ({ x, y: 0 }));
    const { elements: long } = drawn(shape("d", "draw", { segments: [{ points: many }] }));
    expect(ways(long[0] as FileElement).length).toBeLessThanOrEqual(5_000);
  });

  test.each(["", "%%%", "AAAA", "////////////////", `${path}A`])("that are damaged: %s", (bad) => {
    const { elements } = drawn(
      shape("d", "draw", { segments: [{ path: bad }, null, 7] }),
      geo("g", 0),
    );
    for (const one of elements)
      for (const [x, y] of ways({ points: [], ...one })) {
        expect(Number.isFinite(Number(x) + Number(y))).toBe(true);
      }
    expect(ofType(elements, "rectangle")).toHaveLength(1);
  });

  test("of a marker are broad and let through what is below", () => {
    const { elements } = drawn(shape("h", "highlight", { segments: [{ path }], size: "m" }));
    expect(elements[0]).toMatchObject({ opacity: 35, strokeWidth: 12 });
  });
});

describe("arrows", () => {
  const bound = (terminal: string, to: string, props: object = {}) => ({
    ...{ typeName: "binding", id: `binding:${terminal}`, type: "arrow" },
    ...{ fromId: "shape:a", toId: `shape:${to}` },
    props: { terminal, normalizedAnchor: { x: 0.5, y: 0.5 }, isPrecise: false, ...props },
  });
  const old = (to: string) => ({
    ...{ type: "binding", boundShapeId: `shape:${to}`, isExact: false },
    normalizedAnchor: { x: 0.5, y: 0.5 },
  });
  const free = { start: { x: 7, y: 7 }, end: { x: 9, y: 9 } };

  test.each([
    ["in records of their own", free, [bound("start", "one"), bound("end", "two")]],
    ["in the arrow", { start: old("one"), end: old("two") }, []],
  ])("lead from edge to edge of their shapes, which stand %s", (_, props, bindings) => {
    const { elements, left } = drawn(
      shape("a", "arrow", { ...props, richText: rich("yes") }),
      geo("one", 0),
      geo("two", 300),
      ...bindings,
    );
    expect(left).toBe(0);
    const [arrow] = ofType(elements, "arrow") as [FileElement];
    const [one, two] = ofType(elements, "rectangle") as [FileElement, FileElement];
    expect(arrow.startBinding).toMatchObject({ elementId: one.id });
    expect(arrow.endBinding).toMatchObject({ elementId: two.id });
    expect(one.boundElements).toContainEqual({ id: arrow.id, type: "arrow" });
    expect(two.boundElements).toContainEqual({ id: arrow.id, type: "arrow" });
    const [[startX, startY], [endX, endY]] = ways(arrow) as [[number, number], [number, number]];
    expect([startX, startY, endX, endY].map(Math.round)).toEqual([105, 50, 295, 50]);
    const [label] = ofType(elements, "text") as [FileElement];
    expect(label).toMatchObject({ text: "yes", containerId: arrow.id });
    expect(arrow.boundElements).toEqual([{ id: label.id, type: "text" }]);
  });

  test("end where the outline of a turned ellipse is, and go on to a point that is exact", () => {
    const { elements } = drawn(
      geo("one", 0, { geo: "ellipse", w: 200 }, { rotation: Math.PI / 2 }),
      geo("two", 300, { h: 200 }),
      shape("a", "arrow", free),
      bound("start", "one"),
      bound("end", "two", {
        isPrecise: true,
        isExact: true,
        normalizedAnchor: { x: 0.25, y: 0.5 },
      }),
    );
    const [start, end] = ways(ofType(elements, "arrow")[0] as FileElement);
    // The ellipse stands upright now, 100 wide, its middle at (-50, 100).
    expect(start?.map(Math.round)).toEqual([5, 100]);
    expect(end?.map(Math.round)).toEqual([325, 100]);
  });

  test("have their heads and their bend, or go along and across", () => {
    const heads = { arrowheadStart: "dot", arrowheadEnd: "none" };
    const ends = { start: { x: 0, y: 0 }, end: { x: 100, y: 0 } };
    const [bent] = drawn(shape("a", "arrow", { ...ends, ...heads, bend: 30 })).elements;
    expect(bent).toMatchObject({
      startArrowhead: "circle",
      endArrowhead: null,
      roundness: { type: 2 },
    });
    expect(ways(bent as FileElement)).toEqual([
      [0, 0],
      [50, 30],
      [100, 0],
    ]);
    const { elements } = drawn(
      geo("one", 0),
      geo("two", 300, {}, { y: 300 }),
      shape("a", "arrow", { ...free, kind: "elbow" }),
      bound("start", "one"),
      bound("end", "two"),
    );
    const way = ways(ofType(elements, "arrow")[0] as FileElement);
    for (const [at, [x, y]] of way.slice(1).entries())
      expect(x === way[at]?.[0] || y === way[at]?.[1]).toBe(true);
  });

  test("to what is not there, or to themselves, are taken as they can be", () => {
    const { elements, left } = drawn(
      shape("a", "arrow", { start: old("gone"), end: { x: 1, y: 1 } }),
      shape("b", "arrow", free),
      { ...bound("start", "b"), fromId: "shape:b" },
      { ...bound("end", "nowhere"), fromId: "shape:b" },
    );
    expect([elements.length, left]).toEqual([1, 1]);
    expect(elements[0]).toMatchObject({ startBinding: null, endBinding: null });
  });
});

describe("shapes", () => {
  test("lie as they lay, page after page", () => {
    const { elements } = drawn(
      { typeName: "page", id: "page:p", index: "a2" },
      { typeName: "page", id: "page:q", index: "a1" },
      geo("top", 0, { color: "red" }, { index: "a3" }),
      geo("low", 0, { color: "blue" }, { index: "a1" }),
      geo("group", 0, { color: "green" }, { index: "a1", parentId: "shape:g" }),
      shape("g", "group", {}, { index: "a2" }),
      geo("first", 0, { color: "violet" }, { index: "a9", parentId: "page:q" }),
    );
    const colours = ["#6741d9", "#1971c2", "#2f9e44", "#e03131"];
    expect(elements.map(({ strokeColor }) => strokeColor)).toEqual(colours);
  });

  test("keep fill, letters, opacity, locks and links", () => {
    const look = { fill: "solid", color: "blue", labelColor: "red", size: "xl", font: "mono" };
    const { elements, simplified } = drawn(
      geo(
        "g",
        0,
        {
          ...look,
          geo: "star",
          richText: rich("a", "b"),
          align: "end",
          url: "https://example.org/",
        },
        { opacity: 0.5, isLocked: true, parentId: "shape:group" },
      ),
      shape("group", "group", {}, { opacity: 0.5 }),
    );
    const [box, label] = elements as [FileElement, FileElement];
    expect(simplified).toBe(1);
    expect(box).toMatchObject({ backgroundColor: "#a5d8ff", opacity: 25, locked: true });
    expect(box.link).toBe("https://example.org/");
    expect(label).toMatchObject({
      text: "a\nb",
      strokeColor: "#e03131",
      fontSize: 32,
      fontFamily: 8,
    });
    expect(label).toMatchObject({ textAlign: "right", opacity: 25, groupIds: ["shape:group"] });
    const [harmful] = drawn(geo("g", 0, { url: "javascript:alert(1)" })).elements;
    expect(harmful?.link).toBeUndefined();
  });

  test("that are notes are notes, and bookmarks keep their addresses", () => {
    const { elements, left } = drawn(
      shape("n", "note", { color: "light-green", richText: rich("Idea") }),
      shape("b", "bookmark", { url: "https://example.org/", w: 300, h: 90, assetId: "asset:b" }),
      { typeName: "asset", id: "asset:b", type: "bookmark", props: { title: "Example" } },
      shape("e", "embed", { url: "https://example.net/", w: 300, h: 90 }),
    );
    expect(left).toBe(0);
    expect(elements[0]).toMatchObject({ customData: { note: true }, backgroundColor: "#d3f9d8" });
    expect(ofType(elements, "text").map(({ text }) => text)).toEqual([
      "Idea",
      "Example",
      "https://example.net/",
    ]);
    const links = ofType(elements, "rectangle").map(({ link }) => link);
    expect(links).toEqual([undefined, "https://example.org/", "https://example.net/"]);
  });
});

describe("pictures", () => {
  const PNG = `data:image/png;base64,iVBORw0KGgo${"A".repeat(20)}`;
  const asset = (id: string, src: unknown): Rest => ({
    ...{ typeName: "asset", id: `asset:${id}`, type: "image" },
    props: { src, w: 400, h: 200, mimeType: "image/png", name: "x" },
  });
  const picture = (id: string, props: object = {}) =>
    shape(id, "image", { w: 40, h: 20, assetId: "asset:a", ...props });

  test("come along, cut and turned as they were", () => {
    const crop = { topLeft: { x: 0.25, y: 0 }, bottomRight: { x: 0.75, y: 0.5 } };
    const { elements, files, left } = drawn(
      picture("one"),
      picture("two", { crop, flipX: true }),
      asset("a", PNG),
    );
    expect([left, Object.keys(files)]).toEqual([0, [elements[0]?.fileId]]);
    expect(elements[1]).toMatchObject({
      ...{ type: "image", fileId: elements[0]?.fileId, scale: [-1, 1] },
      crop: { x: 100, y: 0, width: 200, height: 100, naturalWidth: 400, naturalHeight: 200 },
    });
  });

  test("that are elsewhere are named and not fetched, and others are counted", () => {
    const { elements, unfetched, left } = drawn(
      picture("far"),
      asset("a", "https://evil.example/x.png"),
      picture("lost", { assetId: "asset:none" }),
      picture("local", { assetId: "asset:l" }),
      asset("l", "asset:123"),
      picture("script", { assetId: "asset:s" }),
      asset("s", "data:text/html;base64,AAAA"),
      shape("film", "video", { w: 10, h: 10, assetId: "asset:a" }),
    );
    expect(left).toBe(4);
    expect(unfetched).toEqual([{ id: elements[0]?.id, address: "https://evil.example/x.png" }]);
    expect(elements[0]).toMatchObject({ type: "rectangle", strokeStyle: "dashed" });
  });
});

test("nothing that is no drawing keeps the rest out", () => {
  const odd = [
    null,
    7,
    "x",
    [],
    { typeName: "shape" },
    { typeName: "binding" },
    { typeName: "asset" },
  ];
  const loops = [
    shape("x", "frame", {}, { parentId: "shape:y" }),
    shape("y", "frame", {}, { parentId: "shape:x" }),
  ];
  const broken = ["geo", "note", "text", "draw", "line", "arrow", "image", "bookmark", "frame"].map(
    (type, at) => ({
      ...shape(`${at}`, type, {}),
      props: at % 2 ? null : { w: "wide", scale: "x" },
    }),
  );
  const { elements } = drawn(...odd, ...loops, ...broken, geo("g", 0));
  expect(elements.some(({ width }) => width === 100)).toBe(true);
  for (const { x, y } of elements) expect(Number.isFinite(Number(x) + Number(y))).toBe(true);
});
