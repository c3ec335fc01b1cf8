/** Where comments are pinned, whom they mention, and how threads are read. */
import { describe, expect, test } from "vitest";
import { completed, offered, segments, typedMention } from "../src/comments/mentions";
import { anchorAt, anchorOn, type Placed, placeOf } from "../src/comments/place";
import { decodeAnchor, decodeThread, encodeAnchor } from "../src/comments/thread";

describe("places", () => {
  const box: Placed = {
    id: "box",
    type: "rectangle",
    x: 100,
    y: 100,
    width: 80,
    height: 40,
    angle: 0,
    isDeleted: false,
  };
  const find = (element: Placed) => () => element;

  test("an anchor follows its element, turned and made smaller too", () => {
    for (const angle of [0, Math.PI / 2, 1]) {
      const turned = { ...box, angle };
      const anchor = anchorOn(turned, { x: 130, y: 115 });
      const moved = { ...turned, x: 600, y: -20 };
      const place = placeOf(anchor, find(moved));
      expect(place?.x).toBeCloseTo(630, 0);
      expect(place?.y).toBeCloseTo(-5, 0);
    }
    const corner = anchorOn(box, { x: 180, y: 140 });
    expect(placeOf(corner, find({ ...box, width: 10, height: 10 }))).toMatchObject({
      x: 110,
      y: 110,
    });
  });

  test("deleted and unknown elements are told apart", () => {
    const anchor = { element: "box", dx: 1, dy: 1 };
    expect(placeOf(anchor, find({ ...box, isDeleted: true }))?.isDeleted).toBe(true);
    expect(placeOf(anchor, () => null)).toBeNull();
    expect(placeOf({ x: 1, y: 2 }, () => null)).toEqual({ x: 1, y: 2, isDeleted: false });
  });

  test("the topmost element under the click is meant, before a frame, and a text's shape", () => {
    const frame = { ...box, id: "frame", type: "frame", x: 0, y: 0, width: 900, height: 900 };
    const text = {
      ...box,
      id: "text",
      type: "text",
      x: 120,
      y: 110,
      width: 20,
      height: 10,
      containerId: "box",
    };
    const line: Placed = {
      ...box,
      id: "line",
      type: "arrow",
      x: 300,
      y: 300,
      width: 100,
      height: 100,
      points: [
        [0, 0],
        [100, 100],
      ],
    };
    const elements = [box, text, line, frame];
    const at = (x: number, y: number) => anchorAt({ x, y }, elements, 1);
    expect(at(110, 110)).toEqual({ element: "box", dx: 10, dy: 10 });
    expect(at(125, 112)).toMatchObject({ element: "box" });
    expect(at(352, 350)).toMatchObject({ element: "line" });
    expect(at(390, 310)).toMatchObject({ element: "frame" });
    expect(at(-50, -50)).toEqual({ x: -50, y: -50 });
    expect(anchorAt({ x: 110, y: 110 }, [{ ...box, isDeleted: true }], 1)).toEqual({
      x: 110,
      y: 110,
    });
  });
});

describe("mentions", () => {
  const people = [
    { username: "anna.b", name: "Anna Berg", picture: "" },
    { username: "bob", name: "Bob Anders", picture: "" },
    { username: "jürgen", name: "Jürgen", picture: "" },
  ];

  test("what is typed after @ is completed where it stands", () => {
    expect(typedMention("mail@anna", 9)).toBeNull();
    const text = "Hi @an, all";
    const typing = typedMention(text, 6);
    expect(typing).toEqual({ start: 3, query: "an" });
    expect(offered(people, "an").map(({ username }) => username)).toEqual(["anna.b", "bob"]);
    expect(
      completed(
        text,
        6,
        typing ?? { start: 0, query: "" },
        people[0] ?? { username: "", name: "", picture: "" },
      ),
    ).toEqual({
      text: "Hi @anna.b , all",
      caret: 11,
    });
    expect(typedMention("@Jür", 4)?.query).toBe("Jür");
  });

  test("only who was recognised is marked", () => {
    const marked = (body: string) =>
      segments(body, ["anna.b", "bob"])
        .filter((one) => one.isMention)
        .map(({ text }) => text);
    expect(marked("@anna.b, (@bob) @bob. @eve mail@bob")).toEqual(["@anna.b", "@bob", "@bob"]);
    expect(
      segments("a @bob. b", ["bob"])
        .map(({ text }) => text)
        .join(""),
    ).toBe("a @bob. b");
  });
});

test("threads are read as REST gives them, and nothing else is", () => {
  const comment = {
    id: "c",
    author: { id: null, name: "Gabi", is_guest: true, guest_id: "ab" },
    body: "x",
    mentions: ["bob"],
    created_at: "2026-01-02T03:04:05Z",
    edited_at: null,
  };
  const raw = {
    id: "t",
    anchor: { element_id: "e", dx: 1, dy: 2 },
    is_resolved: true,
    resolved_by: "Bob",
    comments: [comment],
  };
  expect(decodeThread(raw)).toMatchObject({
    anchor: { element: "e", dx: 1, dy: 2 },
    isResolved: true,
    comments: [{ author: { isGuest: true, guestId: "ab" }, createdAt: 1767323045000 }],
  });
  for (const bad of [null, 1, {}, { ...raw, anchor: { x: "1" } }, { ...raw, comments: [] }]) {
    expect(decodeThread(bad)).toBeNull();
  }
  const anchor = { element: "e", dx: 1, dy: 2 };
  expect(decodeAnchor(encodeAnchor(anchor))).toEqual(anchor);
});
