/** What this editor does not know stays in the document whole, and is there in copies and files. */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { copyWithNewIds } from "../src/canvas/copy";
import { fromFile, shownElements, toFile } from "../src/canvas/file";
import { encodeGroups, type Groups, type SceneElement, UNKNOWN } from "../src/canvas/groups";
import { readGroups } from "../src/canvas/shared";
import { unknownType } from "../src/canvas/unknown";
import { FakeEditor, rectangle } from "./support/fakeEditor";
import { NETWORK, pair, Replica, settle } from "./support/network";
import { Random } from "./support/random";

const HOLOGRAM: Groups = {
  type: "hologram",
  pos: [10, 20],
  size: [30, 40],
  index: "a0",
  groupIds: ["g"],
  strokeColor: "#00ff00",
  depth: 7,
  layers: [{ name: "one", at: [1, 2, 3] }],
  path: { points: [[0, 5]], curve: "spline" },
  text: { text: "words" },
};

const KNOWN: Groups = {
  type: "rectangle",
  pos: [1, 2],
  size: [3, 4],
  index: "a1",
  fillStyle: "dots",
  opacity: { from: 10, to: 100 },
  glow: "soft",
};

function boardOf(elements: Record<string, Groups>): Replica {
  const doc = new Y.Doc();
  for (const [id, groups] of Object.entries(elements))
    doc.getMap("elements").set(id, new Y.Map(Object.entries(groups)));
  const replica = new Replica(5, true, Y.encodeStateAsUpdate(doc));
  replica.binding.pull();
  return replica;
}

const shared = ({ doc }: Replica, id: string) => readGroups(doc, id);

describe("an element of a type that the editor does not know", () => {
  test("is a box with its name, and showing it writes nothing", () => {
    const replica = boardOf({ h: HOLOGRAM });
    const shown = replica.editor.get("h");
    expect(shown).toMatchObject({ type: "rectangle", x: 10, y: 20, width: 30, height: 40 });
    expect(unknownType(shown)).toBe("hologram");
    replica.binding.push();
    expect(replica.writes).toBe(0);
  });

  test("without a size has one to take hold of, which is not written", () => {
    const { size: _, ...groups } = HOLOGRAM;
    const replica = boardOf({ h: groups });
    expect(replica.editor.get("h")).toMatchObject({ width: 100, height: 100 });
    replica.editor.mutate("h", { x: 50 });
    replica.binding.push();
    expect(shared(replica, "h")).toEqual({ ...groups, pos: [50, 20] });
  });

  test("is moved and deleted by writing just that", () => {
    const replica = boardOf({ h: HOLOGRAM });
    replica.editor.mutate("h", { x: 110 });
    replica.binding.push();
    expect(shared(replica, "h")).toEqual({ ...HOLOGRAM, pos: [110, 20] });
    replica.editor.replace("h", { isDeleted: true });
    replica.binding.push();
    const { del, ...others } = shared(replica, "h") ?? {};
    expect(del).toMatchObject({ by: expect.anything() });
    expect(others).toEqual({ ...HOLOGRAM, pos: [110, 20] });
  });

  test("is copied whole, also into another board", () => {
    const replica = boardOf({ h: HOLOGRAM });
    const [copy] = copyWithNewIds([replica.editor.get("h")], () => "copy", 5, 5);
    const other = boardOf({});
    other.editor.add({ ...(copy as SceneElement), index: "a9" });
    other.binding.push();
    const { del: _, ...groups } = shared(other, "copy") ?? {};
    expect(groups).toMatchObject({ ...HOLOGRAM, pos: [15, 25], index: "a9", groupIds: ["copy"] });
  });

  test("shows what others do to it, and what they give it comes into copies", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    const map = new Y.Map(Object.entries(HOLOGRAM));
    server.transact(() => server.getMap("elements").set("h", map), NETWORK);
    settle(server, a, b);
    a.editor.mutate("h", { y: 300 });
    server.transact(() => map.set("depth", 8), NETWORK);
    settle(server, a, b);
    for (const replica of [a, b]) {
      expect(replica.editor.get("h")).toMatchObject({ x: 10, y: 300 });
      expect(encodeGroups(replica.editor.get("h"))).toMatchObject({ depth: 8, type: "hologram" });
      expect(shared(replica, "h")).toEqual({ ...HOLOGRAM, depth: 8, pos: [10, 300] });
    }
  });
});

describe("values that a known element does not expect", () => {
  test("stay when others are changed, and go when a person chooses", () => {
    const replica = boardOf({ r: KNOWN });
    replica.editor.mutate("r", { strokeColor: "#ff0000" });
    replica.binding.push();
    expect(shared(replica, "r")).toEqual({ ...KNOWN, strokeColor: "#ff0000" });
    replica.editor.mutate("r", { fillStyle: "zigzag" });
    replica.binding.push();
    expect(shared(replica, "r")).toMatchObject({ fillStyle: "zigzag", glow: "soft" });
  });

  test("come with a copy, and none is written beyond the server's bounds", () => {
    const replica = boardOf({ r: KNOWN });
    const [copy] = copyWithNewIds([replica.editor.get("r")], () => "copy", 0, 0);
    const huge = { huge: { value: "x".repeat(100_001) }, ["k".repeat(201)]: { value: 1 } };
    const carried = { ...(copy?.[UNKNOWN] as object), ...huge, __proto__: null };
    replica.editor.add({ ...(copy as SceneElement), index: "a5", [UNKNOWN]: carried });
    replica.binding.push();
    const groups = shared(replica, "copy") ?? {};
    expect(groups).toMatchObject({ fillStyle: "dots", opacity: KNOWN.opacity, glow: "soft" });
    expect(groups.huge).toBeNull();
    expect(Object.keys(groups).every((key) => key.length <= 200)).toBe(true);
  });

  test("parts of a path that nobody knows stay when it is bent", () => {
    const path = { points: [[0, 0] as [number, number], [9, 9] as [number, number]], tension: 3 };
    const line: Groups = { type: "line", pos: [0, 0], index: "a0", path };
    const replica = boardOf({ l: line });
    const points = [...path.points, [20, 0]];
    replica.editor.mutate("l", { points });
    replica.binding.push();
    expect(shared(replica, "l")?.path).toMatchObject({ points, tension: 3 });
  });
});

test("after 100 edits around them, and of them, they are as they were", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = new Random(seed);
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    for (const [id, groups] of Object.entries({ h: HOLOGRAM, k: KNOWN })) {
      const map = new Y.Map(Object.entries(groups));
      server.transact(() => server.getMap("elements").set(id, map), NETWORK);
    }
    settle(server, a, b);
    for (let step = 0; step < 100; step += 1) {
      const { editor } = random.chance(2) ? a : b;
      const id = random.pick(["r", "h", "k"]) ?? "r";
      const change = random.pick([
        { x: step, y: -step },
        { strokeColor: `#0000${10 + (step % 90)}` },
        { groupIds: ["g", `g${step}`] },
        { isDeleted: !editor.get(id).isDeleted },
        { roughness: step % 3 },
      ]);
      if (random.chance(2)) editor.mutate(id, change ?? {});
      else editor.replace(id, change ?? {});
      if (random.chance(3)) settle(server, a, b);
    }
    settle(server, a, b);
    for (const replica of [a, b]) {
      const [h, k] = [shared(replica, "h"), shared(replica, "k")];
      const { type, size, depth, layers, path, text } = HOLOGRAM;
      expect(h).toMatchObject({ type, size, depth, layers, path, text });
      const { fillStyle, opacity, glow } = KNOWN;
      expect(k).toMatchObject({ type: "rectangle", fillStyle, opacity, glow });
    }
  }
});

describe("a file", () => {
  const restoreAll = (elements: readonly object[]) =>
    elements.flatMap((one) => new FakeEditor().restore(one as SceneElement) ?? []);

  test("of elements of any kind stands for groups and comes back", () => {
    for (const groups of [HOLOGRAM, KNOWN]) {
      const { curve: _, ...path } = (groups.path ?? {}) as { [key: string]: string };
      const { del, ...back } = fromFile(toFile("a", groups));
      expect(del).toBe(false);
      expect(back).toEqual(groups.path ? { ...groups, path } : groups);
    }
  });

  test("keeps properties that no key of their name can hold", () => {
    const odd = {
      ...{ id: "a", type: "hologram", x: 1, y: 2, width: 3, height: 4, boundElements: null },
      ...{ points: [[0, 0, 5]], angle: 5000, status: "done", size: "large", path: "M0 0" },
      ...{ "bound:x": 1, "other:y": 2, groupIds: [], version: 1, versionNonce: 0, updated: 1 },
      isDeleted: false,
    };
    const groups = fromFile(odd);
    expect(groups).toMatchObject({ pos: [1, 2], size: [3, 4], "other:points": [[0, 0, 5]] });
    expect(toFile("a", groups)).toEqual(odd);
  });

  test("is shown with everything, whatever ids it has", () => {
    const hologram = toFile("h", HOLOGRAM);
    const known = { ...toFile("h", KNOWN), fillStyle: "dots" };
    const { id: _, ...nameless } = hologram;
    const gone = { ...hologram, isDeleted: true };
    let made = 0;
    const newId = () => `new${made++}`;
    const shown = shownElements([hologram, known, nameless, gone], restoreAll, newId);
    expect(shown.map(({ id }) => id)).toEqual(["h", "new0", "new1"]);
    expect(shown.map(unknownType)).toEqual(["hologram", null, "hologram"]);
    expect(shown.map((one) => encodeGroups(one).layers)).toEqual([
      HOLOGRAM.layers,
      undefined,
      HOLOGRAM.layers,
    ]);
    expect(encodeGroups(shown[1] as SceneElement)).toMatchObject({
      fillStyle: "dots",
      glow: "soft",
    });
  });
});
