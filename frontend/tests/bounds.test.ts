// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import shared from "../../boards/shared.json";
import data from "../../sync/drawing/element_bounds.json";
import { bounded, isUsableId, isWithinBounds } from "../src/canvas/bounds";
import { maskCostly, strokesOf } from "../src/canvas/cost";
import { decodeBound, decodeGroup, decodeGroups } from "../src/canvas/decode";
import type { Groups, Json } from "../src/canvas/groups";
import type { Masks } from "../src/canvas/references";
import { countFieldsInCharacters, isLongerThan, shortened } from "../src/characters";
import { nameOf } from "../src/presence/states";

type Schema = { type: string; minimum?: number; maximum?: number; maxLength?: number };
const most = shared.farthest;
const kinds: { [kind: string]: Schema } = {
  ...data.kinds,
  coordinate: { ...data.kinds.coordinate, minimum: -most, maximum: most },
};
const properties = Object.entries(data.properties as { [key: string]: string | Schema }).map(
  ([key, schema]): [string, Schema] => [
    key,
    typeof schema === "string" ? (kinds[schema] as Schema) : schema,
  ],
);
const mostPoints = data.properties.points.maxItems;
const RECTANGLE: Groups = { type: "rectangle", pos: [0, 0], size: [100, 60] };

describe("bounds", () => {
  it("are those of the file, for every number", () => {
    const numbers = properties.filter(([, { type }]) => type === "number");
    expect(numbers.length).toBeGreaterThan(8);
    for (const [key, { minimum = 0, maximum = 0 }] of numbers) {
      expect(isWithinBounds(key, maximum), key).toBe(true);
      expect(isWithinBounds(key, maximum * 1.001), key).toBe(false);
      expect(isWithinBounds(key, minimum), key).toBe(true);
      expect(isWithinBounds(key, minimum - Math.max(1, -minimum)), key).toBe(false);
      expect(isWithinBounds(key, "5"), key).toBe(false);
    }
  });

  it("are those of the file, for every text", () => {
    for (const [key, { maxLength }] of properties.filter(([, { type }]) => type === "string")) {
      if (maxLength !== undefined) {
        expect(isWithinBounds(key, "a".repeat(maxLength)), key).toBe(true);
        expect(isWithinBounds(key, "a".repeat(maxLength + 1)), key).toBe(false);
      }
    }
  });

  it.each([
    ["pos", [most + 1, 0]],
    ["pos", [0, -1e308]],
    ["size", [1e9, 1e9]],
    ["angle", 1e300],
    ["strokeColor", "url(https://evil.example/x)"],
    ["backgroundColor", "red;background:url(//evil)"],
    ["link", "java\nscript:alert(1)"],
    ["link", " DATA:text/html,x"],
    ["groupIds", Array.from({ length: 101 }, (_, at) => `g${at}`)],
    ["groupIds", ["toString"]],
    ["fileId", "hasOwnProperty"],
    ["customData", { a: "x".repeat(70_000) }],
    ["fontSize", 1e6],
    ["startBinding", { elementId: "a", focus: 1e300, gap: 1 }],
  ] as [string, Json][])("a value beyond one never reaches the editor: %s", (key, value) => {
    expect(decodeGroup("rectangle", key, value)).toBeNull();
  });

  it("of paths and texts hold for their parts", () => {
    const points = Array.from({ length: mostPoints + 1 }, () => [0, 0]);
    expect(decodeGroup("line", "path", { points })).toBeNull();
    expect(
      decodeGroup("line", "path", {
        points: [
          [0, 0],
          [1e9, 0],
        ],
      }),
    ).toBeNull();
    expect(decodeGroup("text", "text", { text: "x".repeat(60_000) })).toBeNull();
    expect(decodeGroup("text", "text", { text: "\n".repeat(6000) })).toBeNull();
    const path = decodeGroup("line", "path", { points: [[0, 0]], pressures: [1e9], width: 5 });
    expect(path).toEqual({ points: [[0, 0]], width: 5 });
  });

  it("of names keep out what every object of JavaScript has", () => {
    expect(["", "x".repeat(201), "constructor", "toString"].map(isUsableId)).not.toContain(true);
    expect(decodeGroups({ ...RECTANGLE, type: "constructor" })).toBeNull();
    const many = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at): [string, Json] => [`bound:q${at}`, "arrow"]),
    );
    expect(decodeBound({ ...RECTANGLE, ...many }, [])).toHaveLength(data.boundElements);
  });

  it("move what is written to the nearest value within them", () => {
    const groups: Groups = { ...RECTANGLE, strokeWidth: 2, del: false };
    expect(bounded(groups)).toBe(groups);
    const long = Array.from({ length: mostPoints * 2 }, (_, at) => [at, 0]);
    const far = bounded({ ...groups, pos: [1e9, 5], opacity: 300, path: { points: long } });
    expect(far).toMatchObject({ pos: [most, 5], opacity: 100, size: [100, 60] });
    const { points } = far.path as { points: Json[] };
    expect(points).toHaveLength(mostPoints);
    expect(points.slice(0, 2)).toEqual([
      [0, 0],
      [2, 0],
    ]);
    const text = bounded({ type: "text", text: { text: "x".repeat(60_000), width: 1e9 } });
    expect(text.text).toEqual({ text: "x".repeat(50_000), width: most });
  });
});

describe("costs", () => {
  const hatched: Groups = {
    ...RECTANGLE,
    backgroundColor: "#a5d8ff",
    fillStyle: "hachure",
    strokeStyle: "solid",
    strokeWidth: 2,
    roughness: 1,
  };
  const masksOf = (groups: Groups[]): Masks => {
    const masks: Masks = new Map();
    maskCostly(new Map(groups.map((one, at) => [`e${at}`, { id: `e${at}`, groups: one }])), masks);
    return masks;
  };

  it("of what people draw are low", () => {
    const panel = { ...hatched, size: [5000, 3000] };
    expect(masksOf([hatched, panel])).toEqual(new Map());
    expect(strokesOf(hatched)).toBeLessThan(50);
  });

  it.each([
    [{ ...hatched, size: [1e6, 1e6], fillStyle: "cross-hatch", strokeWidth: 0.01 }],
    [{ ...hatched, size: [1e6, 1e6], fillStyle: "solid", strokeStyle: "dotted" }],
    [{ type: "line", path: { points: Array.from({ length: 9000 }, (_, at) => [at % 99, at]) } }],
  ] as [Groups][])("that would stop the page give way to a plainer style", (groups) => {
    const mask = masksOf([groups]).get("e0");
    expect(strokesOf(Object.assign({}, groups, Object.fromEntries(mask ?? [])))).toBeLessThan(3000);
  });

  it("of all together count too", () => {
    const panel = { ...hatched, size: [5000, 3000] };
    expect(masksOf(Array.from({ length: 500 }, () => panel)).size).toBe(500);
  });
});

describe("lengths", () => {
  const emoji = (count: number) => "😀".repeat(count);

  it("are in characters, as the server counts them", () => {
    expect([200, 201].map((count) => isUsableId(emoji(count)))).toEqual([true, false]);
    for (const [key, { maxLength }] of properties.filter(([, { type }]) => type === "string")) {
      if (maxLength === undefined || key === "index") continue;
      expect(isWithinBounds(key, emoji(maxLength)), key).toBe(true);
      expect(isWithinBounds(key, emoji(maxLength + 1)), key).toBe(false);
    }
    const { text } = bounded({ type: "text", text: { text: emoji(50_001) } }).text as {
      text: Json;
    };
    expect(text).toBe(emoji(50_000));
  });

  it("of objects do not depend on how a number is written, and count keys", () => {
    const most = data.properties.customData.maxSize;
    const numbers = Array.from({ length: 20_000 }, () => 1e10);
    expect(isWithinBounds("customData", { a: numbers, b: numbers, c: numbers })).toBe(true);
    // 1 for the object, 1 for the text and 1 for its key.
    expect(isWithinBounds("customData", { a: emoji(most - 3) })).toBe(true);
    expect(isWithinBounds("customData", { a: emoji(most - 2) })).toBe(false);
    expect(isWithinBounds("customData", { ["k".repeat(201)]: 1 })).toBe(false);
    expect(isWithinBounds("customData", { a: { ["k".repeat(201)]: 1 } })).toBe(false);
  });

  it("of a text that is cut never leave half a character", () => {
    expect(shortened(emoji(5), 3)).toBe(emoji(3));
    expect(shortened(`ab${emoji(1)}`, 3)).toBe(`ab${emoji(1)}`);
    expect(isLongerThan(emoji(3), 3)).toBe(false);
    expect(nameOf({ user: { name: emoji(90) } })).toBe(emoji(80));
  });

  it("of plain form fields are too", () => {
    countFieldsInCharacters(document);
    document.body.innerHTML = '<input maxlength="3">';
    const field = document.querySelector("input") as HTMLInputElement;
    field.value = emoji(2);
    field.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    expect(field.hasAttribute("maxlength")).toBe(false);
    field.value = emoji(5);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    expect(field.value).toBe(emoji(3));
  });
});
