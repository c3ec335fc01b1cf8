/** Records of conflicts about values as large and deep as the server accepts them. */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { isWithinBounds } from "../src/canvas/bounds";
import type { Json } from "../src/canvas/groups";
import { decodeRecord, encodeRecord, type Side } from "../src/conflicts/record";
import { alice, bob, network, setUpPair } from "./support/recorderPair";

/** `_MAX_DECODED_VALUES` of `sync/wire/values.py`. */
const MAX_VALUES = 200_000;
/** The default of `CANVAS_MAX_UPDATE_BYTES`. */
const MAX_UPDATE_BYTES = 4_000_000;

const sideOf = (value: Json, client = 1): Side => ({
  id: `${client}:0`,
  user: "a",
  name: "A",
  value,
});

function longest(seed: number): Json {
  const number = (at: number) => Math.sin(seed + at) * 999_999;
  const points = Array.from({ length: 20_000 }, (_, at) => [number(at), number(at + 1)]);
  return { points, pressures: points.map(([x = 0]) => x / 1e6), simulatePressure: false };
}

function nested(levels: number, inner: Json = 1): Json {
  return levels === 0 ? inner : nested(levels - 1, [inner]);
}

function recordOf(sides: readonly Side[]) {
  return { element: "e", group: "path", at: 1, batch: "b", sides, shown: "1:0", edited: [] };
}

function stored(sides: readonly Side[], maxBytes = MAX_UPDATE_BYTES): Json {
  const encoded = encodeRecord(recordOf(sides), maxBytes);
  if (encoded !== null) expectAccepted(encoded, maxBytes);
  return encoded;
}

function expectAccepted(record: Json, maxBytes = MAX_UPDATE_BYTES): void {
  expect(isWithinBounds("conflicts", record)).toBe(true);
  expect(countOf(record)).toBeLessThan(MAX_VALUES);
  const doc = new Y.Doc();
  doc.getMap("conflicts").set("e/path", record);
  expect(Y.encodeStateAsUpdate(doc).length).toBeLessThan(maxBytes);
}

function countOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, one) => sum + countOf(one), 1);
}

describe("a record holds", () => {
  test.each<[string, Side[]]>([
    ["small values as they are", [sideOf([1, 1]), sideOf([2, 2], 2)]],
    ["three of the longest strokes", [1, 2, 3].map((seed) => sideOf(longest(seed), seed))],
    ["the deepest values", [sideOf(nested(16)), sideOf(nested(16, 2), 2)]],
    ["deep values with emoji", [sideOf(nested(16, "\u{1f600}é".repeat(33_000))), sideOf(null, 2)]],
  ])("%s", (_, sides) => {
    expect(decodeRecord("e/path", stored(sides))?.sides).toEqual(sides);
  });

  test("small values without packing them", () => {
    const record = stored([sideOf([1, 1]), sideOf([2, 2], 2)]) as { sides: object[] };
    expect(record.sides.map((side) => Object.keys(side))).toEqual(
      Array.from({ length: 2 }, () => ["id", "user", "name", "value"]),
    );
  });

  test("not the largest of too many, but what is shown", () => {
    const sides = [1, 2, 3, 4, 5, 6].map((seed) => sideOf(longest(seed), seed));
    const small = [sideOf([1, 1], 7), sideOf([2, 2], 8)];
    const kept = decodeRecord("e/path", stored([...sides, ...small]))?.sides ?? [];
    expect(kept[0]).toEqual(sides[0]);
    expect(kept.slice(-2)).toEqual(small);
    const many = Array.from({ length: 30_000 }, (_, at) => sideOf([at, at], at));
    expect(decodeRecord("e/path", stored(many))?.sides).toHaveLength(100);
  });

  test("nothing when not even two fit", () => {
    const huge = Array.from({ length: 40 }, () => "x".repeat(90_000));
    expect(stored([sideOf(huge), sideOf([...huge, 1], 2)])).toBeNull();
  });

  test.each([2_000, 64_000, 1_000_000, 20_000_000])(
    "what fits into an update of %i bytes",
    (maxBytes) => {
      const words = "é".repeat(Math.min(maxBytes / 40, 90_000));
      const sides = [1, 2].map((client) => sideOf(`${words}${client}`, client));
      expect(decodeRecord("e/path", stored(sides, maxBytes))?.sides).toEqual(sides);
      const many = Array.from({ length: 90 }, (_, at) => sideOf(`${words}${at}`, at));
      expect(decodeRecord("e/path", stored(many, maxBytes))?.sides.length).toBeGreaterThan(1);
    },
  );

  test("no more edited keys than people read", () => {
    const edited = Array.from({ length: 30_000 }, (_, at) => `key${at}`);
    const encoded = encodeRecord(
      { ...recordOf([sideOf(1), sideOf(2, 2)]), edited },
      MAX_UPDATE_BYTES,
    );
    expectAccepted(encoded);
  });
});

test.each(["[", "[".repeat(1_000_000), JSON.stringify(nested(17)), '{"a":'])(
  "a packed value that is none is no side",
  (json) => {
    const side = { id: "1:0", user: null, name: "", json: [json] };
    const record = { v: 1, ...recordOf([]), sides: [side, sideOf(1, 2), sideOf(2, 3)] };
    expect(decodeRecord("e/path", record)?.sides).toHaveLength(2);
  },
);

describe("three people", () => {
  setUpPair(10, 20);

  test("who come back with the longest strokes write what the server accepts", () => {
    const carol = network.join(30, "Carol");
    for (const one of [bob, carol]) one.goOffline();
    for (const [at, one] of [alice, bob, carol].entries()) one.set("path", longest(at));
    bob.goOnline();
    carol.goOnline();
    const [record] = [...alice.conflicts().values()];
    expect(record?.sides).toHaveLength(3);
    expectAccepted(alice.doc.getMap("conflicts").get("e/path") as Json);
  });
});
