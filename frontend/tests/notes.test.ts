// @vitest-environment happy-dom
/** Sticky notes: what they are, how their text fits, where the next one goes, and who wrote them. */
import { beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { isNote } from "../src/canvas/note";
import { authorsOf } from "../src/notes/authors";
import { NoteColour } from "../src/notes/colour";
import { covered } from "../src/notes/covered";
import { fittingSize, hasBrokenWord, LARGEST, LEAST } from "../src/notes/fit";
import { gridOf, linesOf } from "../src/notes/grid";
import { fitText, fittedNote, measured } from "../src/notes/measure";
import { COLOURS, MARGIN, nextPlace, SIZE } from "../src/notes/note";

const square = (x: number, y: number) => ({ x, y, width: SIZE, height: SIZE });

test("a note is a rectangle with the mark, and nothing else", () => {
  expect(isNote({ type: "rectangle", customData: { note: true } })).toBe(true);
  for (const customData of [undefined, null, {}, { note: "true" }, { note: 1 }, "note", [true]])
    expect(isNote({ type: "rectangle", customData })).toBe(false);
  expect(isNote({ type: "ellipse", customData: { note: true } })).toBe(false);
});

describe("text fits", () => {
  /** A text of so many letters in lines that grow with their size. */
  const lines = (letters: number) => (size: number) => ({
    height: Math.ceil((letters * size) / 160) * size,
    isBroken: false,
  });

  test("in the largest letters that leave room, by bounds on both sides", () => {
    expect(fittingSize(lines(3), 160)).toBe(LARGEST);
    expect(fittingSize(lines(100_000), 160)).toBe(LEAST);
    for (const letters of [50, 80, 110, 140]) {
      const size = fittingSize(lines(letters), 160);
      expect(lines(letters)(size).height).toBeLessThanOrEqual(160);
      if (size < LARGEST) expect(lines(letters)(size + 1).height).toBeGreaterThan(160);
    }
  });

  test("without breaking a word, unless the word would make all letters tiny", () => {
    const broken = (from: number) => (size: number) => ({ height: size, isBroken: size >= from });
    expect(fittingSize(broken(20), 160)).toBe(19);
    expect(fittingSize(broken(14), 160)).toBe(LARGEST);
  });

  test("a broken word is seen, the end of a line at a space, a hyphen or in Chinese is none", () => {
    expect(hasBrokenWord("one two", "one\ntwo")).toBe(false);
    expect(hasBrokenWord("one  two\nthree", "one\ntwo\nthree")).toBe(false);
    expect(hasBrokenWord("onetwo", "one\ntwo")).toBe(true);
    expect(hasBrokenWord("a onetwo", "a\none\ntwo")).toBe(true);
    expect(hasBrokenWord("one-two", "one-\ntwo")).toBe(false);
    expect(hasBrokenWord("计划讨论", "计划\n讨论")).toBe(false);
  });

  test("letters become smaller, then the note grows, and both come back", () => {
    const short = fitText("Plan", square(0, 0));
    expect(short).toMatchObject({ fontSize: LARGEST, height: SIZE });
    const longer = fitText("word ".repeat(20), square(0, 0));
    expect(longer.fontSize).toBeLessThan(LARGEST);
    expect(longer.height).toBe(SIZE);
    const long = fitText("word ".repeat(200), square(0, 0));
    expect(long.fontSize).toBe(LEAST);
    expect(long.height).toBe(long.textHeight + 2 * MARGIN);
    expect(long.height).toBeGreaterThan(SIZE);
    expect(fitText("Plan", square(0, 0))).toEqual(short);
  });

  test("a note holds its text with room for a name", () => {
    for (const text of ["Plan", "word ".repeat(20), "word ".repeat(200), "x".repeat(3_000)]) {
      const [note, label] = measured(fittedNote(square(0, 0), COLOURS.blue, text));
      expect(label?.height).toBeLessThanOrEqual((note?.height ?? 0) - 2 * MARGIN);
      expect(label?.y).toBeGreaterThanOrEqual((note?.y ?? 0) + MARGIN - 1);
    }
  });
});

describe("the next note", () => {
  test("stands to the right or below, with a gap, at the first free place", () => {
    const first = square(0, 0);
    expect(nextPlace(first, [first], false)).toEqual(square(220, 0));
    expect(nextPlace(first, [first], true)).toEqual(square(0, 220));
    const others = [first, square(440, 30), square(220, -30)];
    expect(nextPlace(first, others, false)).toEqual(square(660, 0));
  });

  test("is a square again after one that has grown", () => {
    const grown = { x: 0, y: 0, width: SIZE, height: 700 };
    expect(nextPlace(grown, [grown], false)).toEqual(square(220, 0));
    expect(nextPlace(grown, [grown], true)).toEqual(square(0, 720));
  });
});

describe("lines", () => {
  test("are those that say something, whatever ends them", () => {
    expect(linesOf(" one \r\n\n\ttwo\rthree\u2028four\n")).toEqual(["one", "two", "three", "four"]);
    expect(linesOf("\n \n")).toEqual([]);
  });

  test("become notes in a grid that do not overlap, in their order", () => {
    const texts = Array.from({ length: 23 }, (_, at) => `n${at} `.repeat(at === 3 ? 300 : 1));
    const elements = measured(gridOf(texts, COLOURS.pink));
    const notes = elements.filter((one) => isNote(one));
    expect(notes).toHaveLength(23);
    expect(new Set(notes.map(({ y }) => y)).size).toBe(5);
    for (const [at, a] of notes.entries()) {
      expect(a.backgroundColor).toBe(COLOURS.pink);
      const label = elements.find((one) => one.type === "text" && one.containerId === a.id);
      expect(label).toMatchObject({ originalText: texts[at] });
      for (const b of notes.slice(at + 1))
        expect(a.x + a.width <= b.x || a.y + a.height <= b.y || b.x + b.width <= a.x).toBe(true);
    }
  });
});

describe("the colour", () => {
  beforeEach(() => localStorage.clear());

  test("that was chosen last is the next one's, on the next page too", () => {
    expect(new NoteColour().snapshot()).toBe(COLOURS.yellow);
    new NoteColour().choose(COLOURS.green);
    expect(new NoteColour().snapshot()).toBe(COLOURS.green);
  });

  test("is one of the six, whatever the browser has stored", () => {
    new NoteColour().choose("url(https://example.org)");
    expect(new NoteColour().snapshot()).toBe(COLOURS.yellow);
  });
});

describe("who wrote a note", () => {
  const alice = { id: "1", name: "alice" };
  const bob = { id: "2", name: "bob" };

  /** What the replica of `client` writes, brought to `target`. */
  function write(target: Y.Doc, client: number, change: (doc: Y.Doc) => void): void {
    const doc = new Y.Doc();
    doc.clientID = client;
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(target));
    doc.transact(() => change(doc));
    Y.applyUpdate(target, Y.encodeStateAsUpdate(doc));
  }

  const sign = (doc: Y.Doc, client: number, entry: unknown) =>
    doc.getMap("authors").set(String(client), entry);
  const element = (doc: Y.Doc, id: string, entries: [string, unknown][]) =>
    doc.getMap("elements").set(id, new Y.Map(entries));
  const rewrite = (doc: Y.Doc) =>
    (doc.getMap("elements").get("t") as Y.Map<unknown>).set("text", { text: "other" });

  function noteOfAlice(): Y.Doc {
    const doc = new Y.Doc();
    write(doc, 11, (one) => {
      sign(one, 11, { user: "1", name: "alice" });
      const customData = { note: true, author: "mallory", name: "mallory" };
      element(one, "n", [
        ["type", "rectangle"],
        ["customData", customData],
      ]);
      element(one, "t", [
        ["type", "text"],
        ["text", { text: "words" }],
      ]);
    });
    return doc;
  }

  test("is told by the client id that wrote it, and not by anything in the drawing", () => {
    const doc = noteOfAlice();
    expect(authorsOf(doc, "n", "t", bob)).toEqual({ maker: "alice", editor: null });
    expect(authorsOf(doc, "n", "t", alice)).toBeNull();
    expect(authorsOf(doc, "nowhere", null, bob)).toBeNull();
  });

  test("moving a note, or changing its colour, makes nobody else its author", () => {
    const doc = noteOfAlice();
    write(doc, 22, (one) => {
      sign(one, 22, { user: "2", name: "bob" });
      const note = one.getMap("elements").get("n") as Y.Map<unknown>;
      note.set("pos", [1, 2]);
      note.set("customData", { note: true, author: "bob" });
    });
    expect(authorsOf(doc, "n", "t", bob)).toEqual({ maker: "alice", editor: null });
  });

  test("says so when somebody else has changed the words, to the maker too", () => {
    const doc = noteOfAlice();
    write(doc, 22, (one) => {
      sign(one, 22, { user: "2", name: "bob" });
      rewrite(one);
    });
    const both = { maker: "alice", editor: "bob" };
    expect(authorsOf(doc, "n", "t", bob)).toEqual(both);
    expect(authorsOf(doc, "n", "t", alice)).toEqual(both);
  });

  test("nobody is named whom the document does not name", () => {
    const doc = noteOfAlice();
    for (const entry of [null, "alice", { user: "1" }, { name: 7 }, { name: "" }]) {
      write(doc, 11, (one) => sign(one, 11, entry));
      expect(authorsOf(doc, "n", "t", bob)).toBeNull();
    }
  });

  test("the same account in two browsers is one person, two guests are not", () => {
    const doc = noteOfAlice();
    write(doc, 12, (one) => {
      sign(one, 12, { user: "1", name: "alice" });
      rewrite(one);
    });
    expect(authorsOf(doc, "n", "t", bob)).toEqual({ maker: "alice", editor: null });
    write(doc, 33, (one) => {
      sign(one, 33, { user: null, name: "Guest" });
      rewrite(one);
    });
    const guest = { id: null, name: "Guest" };
    expect(authorsOf(doc, "n", "t", guest)).toEqual({ maker: "alice", editor: "Guest" });
    // One guest makes a note, another one changes its words.
    write(doc, 44, (one) => {
      sign(one, 44, { user: null, name: "Guest" });
      element(one, "g", [["type", "rectangle"]]);
    });
    expect(authorsOf(doc, "g", "t", guest)).toEqual({ maker: "Guest", editor: "Guest" });
  });
});

describe("a name under another note", () => {
  test("is hidden, one beside it or above is not", () => {
    expect(covered([square(0, 0), square(-150, 50)])).toEqual(new Set([0]));
    expect(covered([square(0, 0), square(30, 50)])).toEqual(new Set([0]));
    expect(covered([square(0, 0), square(300, 0), square(0, 250)])).toEqual(new Set());
    expect(covered([square(50, 50), square(0, 0)])).toEqual(new Set());
  });

  test("costs little with thousands, and with hostile sizes", () => {
    const many = Array.from({ length: 3_000 }, (_, at) => square((at % 60) * 220, at * 4));
    const hostile = { x: -1e6, y: -1e6, width: 2e6, height: 2e6 };
    const broken = { x: Number.NaN, y: 0, width: Number.POSITIVE_INFINITY, height: 1 };
    const startedAt = performance.now();
    expect(covered([...many, broken, hostile]).size).toBeGreaterThanOrEqual(3_000);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
