/** The canvas as a list, and from object to object by direction. */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { bindingTo, pathBetween } from "../src/outline/connect";
import { nearestIn } from "../src/outline/direction";
import { inWords } from "../src/outline/others";
import { Names, type OutlineElement, outlineOf } from "../src/outline/read";
import { drawIn } from "./support/board";

function element(id: string, x: number, y: number, more: Partial<OutlineElement> = {}) {
  return {
    ...{ id, type: "rectangle", x, y, width: 100, height: 60 },
    ...{ isDeleted: false, groupIds: [], frameId: null },
    ...more,
  } satisfies OutlineElement;
}

const labelOf = (containerId: string, originalText: string) =>
  element(`label-${containerId}`, 0, 0, { type: "text", containerId, originalText });

const lines = (elements: readonly OutlineElement[]) =>
  outlineOf(elements).map(({ label, detail, depth }) =>
    `${"  ".repeat(depth)}${label} ${detail}`.trimEnd(),
  );

describe("the outline", () => {
  test("goes by rows from the top, and from left to right", () => {
    const text = (id: string, x: number, y: number) =>
      element(id, x, y, { type: "text", originalText: id });
    // "b" stands a little higher than "a", and "0" a little lower, yet all beside each other.
    const places = { d: [0, 200], b: [300, -20], a: [0, 0], c: [600, 8], 0: [-200, 5] } as const;
    const elements = Object.entries(places).map(([id, [x, y]]) => text(id, x, y));
    expect(lines(elements)).toEqual(["0", "a", "b", "c", "d"].map((id) => `Text “${id}”`));
  });

  test("names shapes by their text, and reads no label twice", () => {
    const elements = [element("a", 0, 0), labelOf("a", "Log in"), element("b", 200, 0)];
    expect(lines(elements)).toEqual(["Rectangle “Log in”", "Rectangle"]);
  });

  test("calls a sticky note a note", () => {
    const elements = [element("a", 0, 0, { customData: { note: true } }), labelOf("a", "Idea")];
    expect(lines(elements)).toEqual(["Note “Idea”"]);
  });

  test("shows frames and groups with what stands in them", () => {
    const elements = [
      element("c", 20, 20, { frameId: "f" }),
      element("f", 0, 0, { type: "frame", name: "Plan", width: 400, height: 300 }),
      element("a", 500, 0, { groupIds: ["inner", "outer"] }),
      element("b", 700, 0, { groupIds: ["outer"] }),
    ];
    expect(lines(elements)).toEqual([
      "Frame “Plan”",
      "  Rectangle",
      "Group of 2 objects",
      "  Group of one object",
      "    Rectangle",
      "  Rectangle",
    ]);
  });

  test("reads an arrow after the shape that it leaves, with both ends", () => {
    const bound = (id: string) => ({ boundElements: [{ id, type: "arrow" }] });
    const elements = [
      element("a", 0, 0, bound("ab")),
      element("x", 200, 0),
      element("b", 400, 0, bound("ab")),
      labelOf("a", "A"),
      labelOf("b", "B"),
      element("ab", 100, 500, {
        ...{ type: "arrow", startBinding: { elementId: "a" }, endBinding: { elementId: "b" } },
      }),
    ];
    expect(lines(elements)).toEqual([
      "Rectangle “A” arrow to Rectangle “B”",
      "Arrow from Rectangle “A” to Rectangle “B”",
      "Rectangle",
      "Rectangle “B” arrow from Rectangle “A”",
    ]);
  });

  test("leaves out what is deleted, and an arrow to it has one end", () => {
    const elements = [
      element("a", 0, 0),
      element("gone", 200, 0, { isDeleted: true }),
      element("ab", 0, 100, {
        ...{ type: "arrow", startBinding: { elementId: "gone" }, endBinding: { elementId: "a" } },
      }),
    ];
    expect(lines(elements)).toEqual(["Rectangle", "Arrow to Rectangle"]);
  });

  test("of a very large board takes no time that grows with its square", {
    timeout: 30_000,
  }, () => {
    const many = Array.from({ length: 100_000 }, (_, at) =>
      element(String(at), (at % 100) * 120, Math.floor(at / 100) * 80),
    );
    expect(outlineOf(many)).toHaveLength(100_000);
  });
});

describe("the next object", () => {
  const all = [
    element("middle", 0, 0),
    element("right", 300, 20),
    element("far right", 900, 0),
    element("below", 30, 200),
    element("aside", 150, 400),
  ];
  const from = { x: 50, y: 30 };
  const next = (direction: "up" | "down" | "left" | "right", joined?: ReadonlySet<string>) =>
    nearestIn(direction, from, all.slice(1), joined)?.id ?? null;

  test("is the nearest ahead", () => {
    expect([next("right"), next("down"), next("left"), next("up")]).toEqual([
      ...["right", "below"],
      ...[null, null],
    ]);
  });

  test("is rather one that an arrow leads to", () => {
    const others = [element("near", 300, 0), element("joined", 500, 0)];
    expect(nearestIn("right", from, others)?.id).toBe("near");
    expect(nearestIn("right", from, others, new Set(["joined"]))?.id).toBe("joined");
  });

  test("knows its neighbours by arrows, also without their other end", () => {
    const arrow = { type: "arrow", startBinding: { elementId: "a" }, endBinding: null };
    const names = new Names([
      element("a", 0, 0, { boundElements: [{ id: "half", type: "arrow" }] }),
      element("half", 0, 0, arrow),
    ]);
    expect(names.neighbours(names.find("a") as OutlineElement)).toEqual([]);
  });
});

describe("an arrow between two shapes", () => {
  test("leads from edge to edge, and hangs at their middles", () => {
    const { x, y, points } = pathBetween(element("a", 0, 0), element("b", 300, 0));
    expect([x, y, points[1]]).toEqual([106, 30, [188, 0]]);
    expect(bindingTo(element("b", 300, 0))).toEqual({ elementId: "b", focus: 0, gap: 6 });
  });

  test("begins at the edge of an ellipse or a diamond, not of the box", () => {
    const at = (type: string) =>
      pathBetween(element("a", 0, 0, { type }), element("b", 600, 600)).x;
    expect(at("diamond")).toBeLessThan(at("ellipse"));
    expect(at("ellipse")).toBeLessThan(at("rectangle"));
  });

  test("between two that lie on each other is finite", () => {
    const { x, y, points } = pathBetween(element("a", 0, 0), element("b", 0, 0));
    expect([x, y, ...points[1]].every(Number.isFinite)).toBe(true);
  });
});

test("changes of others are told one by one when they are few, and else counted", () => {
  const doc = new Y.Doc();
  drawIn(doc, "a");
  const change = (kind: "created" | "changed") => ({ element: "a", kind, authors: ["Bob"] });
  expect(inWords(doc, [change("created")])).toBe("Bob added Rectangle");
  const many = [change("created"), change("changed"), change("changed")];
  expect(inWords(doc, many)).toBe("Bob created 1 and changed 2");
});
