import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { Json } from "../src/canvas/groups";
import { unseenEdits } from "../src/conflicts/deletion";
import { arrow, rectangle, textElement } from "./support/fakeEditor";
import { pair, Replica, settle } from "./support/network";

const elementsOf = (replica: Replica) => replica.doc.getMap("elements").toJSON();

describe("two people at the same moment", () => {
  test("colour by one and move by the other: both stay", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    a.editor.mutate("r", { x: 50, y: 60 });
    b.editor.mutate("r", { strokeColor: "#ff0000" });
    settle(server, a, b);
    for (const { editor } of [a, b]) {
      expect(editor.get("r")).toMatchObject({ x: 50, y: 60, strokeColor: "#ff0000" });
    }
  });

  test("two moves end in a place that one of them chose", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    a.editor.mutate("r", { x: 100, y: 0 });
    b.editor.mutate("r", { x: 0, y: 100 });
    settle(server, a, b);
    const { x, y } = a.editor.get("r");
    expect([x, y]).toEqual([b.editor.get("r").x, b.editor.get("r").y]);
    expect([
      [100, 0],
      [0, 100],
    ]).toContainEqual([x, y]);
  });

  test("two arrows bound to one shape are both bound", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    const bind = (replica: Replica, id: string, index: string) => {
      replica.editor.add(arrow(id, { index, startBinding: { elementId: "r", focus: 0, gap: 1 } }));
      replica.editor.replace("r", { boundElements: [{ id, type: "arrow" }] });
    };
    bind(a, "one", "a1");
    bind(b, "two", "a1");
    settle(server, a, b);
    for (const { editor } of [a, b]) {
      const bound = editor.get("r").boundElements as { id: string }[];
      expect(bound.map(({ id }) => id).sort()).toEqual(["one", "two"]);
    }
  });

  test("a move of what the other deletes keeps it deleted and the move for a restore", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    a.editor.mutate("r", { isDeleted: true });
    b.editor.mutate("r", { x: 7, y: 8 });
    settle(server, a, b);
    expect(b.editor.get("r").isDeleted).toBe(true);
    expect(elementsOf(a).r).toMatchObject({ pos: [7, 8], del: { by: "1" } });
    a.editor.replace("r", { isDeleted: false });
    settle(server, a, b);
    expect(b.editor.get("r")).toMatchObject({ isDeleted: false, x: 7, y: 8 });
  });
});

describe("a value of a kind that the model does not know", () => {
  const junk: [string, Json][] = [
    ["pos", "junk"],
    ["pos", null],
    ["size", [1]],
    ["opacity", "x"],
    ["strokeColor", [1, 2]],
    ["locked", {}],
    ["groupIds", "g"],
  ];
  test.each(junk)("%s: %j leaves what was there, with one warning", (key, value) => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r", { x: 5, y: 6 })));
    const before = { ...a.editor.get("r") };
    const element = server.getMap("elements").get("r") as Y.Map<Json>;
    for (const one of [value, value]) {
      element.set(key, one);
      settle(server, a, b);
    }
    for (const { editor, ignored } of [a, b]) {
      const { version: _, versionNonce: __, updated: ___, boundElements: ____, ...rest } = before;
      expect(editor.get("r")).toMatchObject(rest);
      expect(ignored).toEqual(["r"]);
    }
    expect(elementsOf(a).r).toMatchObject({ [key]: value });
    a.editor.mutate("r", { x: 1, opacity: 40, strokeColor: "#00ff00", width: 3, locked: true });
    settle(server, a, b);
    expect(b.editor.get("r")).toMatchObject({
      x: 1,
      opacity: 40,
      strokeColor: "#00ff00",
      width: 3,
    });
  });

  test("what is of no concern to its type is no reason to warn", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    const element = server.getMap("elements").get("r") as Y.Map<Json>;
    element.set("path", 5);
    element.set("ofNewerEditors", { a: 1 });
    settle(server, a, b);
    expect([...a.ignored, ...b.ignored]).toEqual([]);
  });
});

describe("what is under the fingers", () => {
  test("a remote move waits for the end of the drag, a remote colour does not", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    a.editor.setState({ selectedElementIds: { r: true }, selectedElementsAreBeingDragged: true });
    b.editor.mutate("r", { x: 500, y: 500, strokeColor: "#00ff00" });
    b.binding.push();
    b.sync(server);
    a.sync(server);
    a.binding.pull();
    expect(a.editor.get("r")).toMatchObject({ x: 0, strokeColor: "#00ff00" });
    a.editor.idle();
    a.binding.pull();
    expect(a.editor.get("r")).toMatchObject({ x: 500, y: 500 });
  });

  test("text that is being typed is not replaced, its colour is", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(textElement("t", "hello")));
    a.editor.setState({ editingTextElement: { id: "t" } });
    b.editor.mutate("t", { text: "bye", originalText: "bye", strokeColor: "#00ff00" });
    b.binding.push();
    b.sync(server);
    a.sync(server);
    a.binding.pull();
    expect(a.editor.get("t")).toMatchObject({ text: "hello", strokeColor: "#00ff00" });
  });

  test("an element that is coming into being keeps its object", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("other")));
    a.editor.add(rectangle("new", { index: "a1" }));
    a.editor.setState({ newElement: { id: "new", type: "rectangle" } });
    a.binding.push();
    const object = a.editor.get("new");
    a.sync(server);
    b.sync(server);
    b.binding.pull();
    b.editor.mutate("new", { strokeColor: "#123456" });
    b.editor.mutate("other", { x: 3 });
    b.binding.push();
    b.sync(server);
    a.sync(server);
    a.binding.pull();
    expect(a.editor.get("new")).toBe(object);
    expect(a.editor.get("other").x).toBe(3);
    a.editor.idle();
    settle(server, a, b);
    expect(a.editor.get("new").strokeColor).toBe("#123456");
  });

  test("elements that nobody changed keep their objects", () => {
    const [a, b, server] = pair(({ editor }) => {
      editor.add(rectangle("r"));
      editor.add(rectangle("s", { index: "a1" }));
    });
    const untouched = b.editor.get("s");
    a.editor.mutate("r", { x: 1 });
    settle(server, a, b);
    expect(b.editor.get("s")).toBe(untouched);
  });
});

describe("what is not shared", () => {
  test("a click without a shape, an empty text, a stroke that is still being drawn", () => {
    const replica = new Replica(1);
    replica.editor.add(rectangle("click", { width: 0, height: 0 }));
    replica.editor.add(textElement("empty", "", { index: "a1" }));
    replica.editor.add(arrow("dot", { points: [[0, 0]], index: "a2" }));
    const points = [
      [0, 0],
      [1, 1],
    ];
    replica.editor.add(rectangle("stroke", { type: "freedraw", points, index: "a3" }));
    replica.editor.setState({ newElement: { id: "stroke", type: "freedraw" } });
    replica.binding.push();
    expect(elementsOf(replica)).toEqual({});
    replica.editor.idle();
    replica.binding.push();
    expect(Object.keys(elementsOf(replica))).toEqual(["stroke"]);
  });

  test("anything by who may only look", () => {
    const [a, , server] = pair(({ editor }) => editor.add(rectangle("r")));
    const viewer = new Replica(9, false, Y.encodeStateAsUpdate(server));
    viewer.binding.pull();
    viewer.editor.mutate("r", { x: 99 });
    viewer.editor.setState({ viewBackgroundColor: "#000000" });
    viewer.binding.push();
    viewer.binding.pull();
    viewer.sync(server);
    a.sync(server);
    expect(elementsOf(a).r.pos).toEqual([0, 0]);
    expect(viewer.writes).toBe(0);
  });

  test("a change that was taken back before it was sent", () => {
    const [a] = pair(({ editor }) => editor.add(rectangle("r")));
    const before = a.writes;
    a.editor.mutate("r", { x: 5 });
    a.editor.mutate("r", { x: 0 });
    expect(a.binding.hasLocalChanges()).toBe(true);
    a.binding.push();
    expect(a.writes).toBe(before);
    expect(a.binding.hasLocalChanges()).toBe(false);
  });
});

describe("not in the scene is not deleted", () => {
  test("an empty scene deletes nothing and gets everything back", () => {
    const [a, b, server] = pair(({ editor }) => {
      editor.add(rectangle("r"));
      editor.add(rectangle("s", { index: "a1" }));
    });
    a.editor.scene = [];
    settle(server, a, b);
    expect(a.editor.scene.map(({ id }) => id)).toEqual(["r", "s"]);
    expect(b.editor.scene.every(({ isDeleted }) => !isDeleted)).toBe(true);
  });

  test("but a shape that was cancelled while it was drawn leaves no ghost", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    a.editor.add(rectangle("new", { index: "a1" }));
    a.editor.setState({ newElement: { id: "new", type: "rectangle" } });
    settle(server, a, b);
    expect(b.editor.get("new").isDeleted).toBe(false);
    a.editor.scene = a.editor.scene.filter(({ id }) => id !== "new");
    a.editor.idle();
    settle(server, a, b);
    expect(b.editor.get("new").isDeleted).toBe(true);
    expect(a.editor.scene.map(({ id }) => id)).toEqual(["r"]);
  });
});

describe("the background", () => {
  test("is shared, and a late report of the old one does not bring it back", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    a.editor.setState({ viewBackgroundColor: "#ffeecc" });
    settle(server, a);
    b.sync(server);
    const old = b.editor.state;
    b.binding.pull();
    expect(b.editor.state.viewBackgroundColor).toBe("#ffeecc");
    b.editor.state = old;
    b.binding.push();
    expect(b.doc.getMap("meta").get("viewBackgroundColor")).toBe("#ffeecc");
  });
});

test("who drew is written once, with the first edit", () => {
  const [a, b] = pair(({ editor }) => editor.add(rectangle("r")));
  expect(a.doc.getMap("authors").toJSON()).toEqual({ "1": { user: "1", name: "user 1" } });
  expect(b.writes).toBe(0);
});

describe("conflicts", () => {
  test("a tombstone says what its writer had seen, the edits of the same moment included", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    b.editor.mutate("r", { x: 5 });
    settle(server, b, a);
    a.editor.mutate("r", { strokeColor: "#ff0000", isDeleted: true });
    a.binding.push();
    const map = a.doc.getMap("elements").get("r") as Y.Map<unknown>;
    const { seen } = map.get("del") as { seen: Record<string, number> };
    for (const key of ["pos", "strokeColor", "size"]) {
      const { client, clock } = (map._map.get(key) as Y.Item).id;
      expect(seen[client], key).toBeGreaterThan(clock);
    }
  });

  test("an undo on a deleted element knows of the deletion", () => {
    const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
    b.editor.mutate("r", { x: 5 });
    settle(server, b, a);
    a.editor.mutate("r", { isDeleted: true });
    settle(server, a, b);
    b.editor.mutate("r", { x: 0 });
    settle(server, b, a);
    const map = a.doc.getMap("elements").get("r") as Y.Map<Json>;
    expect(unseenEdits(map)).toEqual([]);
    expect(map.get("del")).toMatchObject({ by: "2" });
  });

  test("are settled by the next edit of the same group, and of no other", () => {
    const [a] = pair(({ editor }) => editor.add(rectangle("r")));
    const conflicts = a.doc.getMap("conflicts");
    conflicts.set("r/pos", { v: 1 });
    conflicts.set("r/size", { v: 1 });
    a.editor.mutate("r", { x: 7 });
    a.binding.push();
    expect([...conflicts.keys()]).toEqual(["r/size"]);
  });
});
