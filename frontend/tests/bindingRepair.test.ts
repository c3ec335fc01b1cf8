/** Documents that other programs got wrong: shown as well as possible, and never written back. */
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { NETWORK, Replica } from "./support/network";

const elementsOf = (replica: Replica) => replica.doc.getMap("elements").toJSON();

describe("a document that is not sound", () => {
  function shownFrom(fill: (elements: Y.Map<Y.Map<unknown>>) => void): Replica {
    const doc = new Y.Doc();
    fill(doc.getMap("elements"));
    const replica = new Replica(5, true, Y.encodeStateAsUpdate(doc));
    replica.binding.pull();
    return replica;
  }
  const shape = (change: Record<string, unknown> = {}) =>
    new Y.Map<unknown>(
      Object.entries({ type: "rectangle", pos: [1, 2], size: [3, 4], index: "a0", ...change }),
    );

  test("malformed and equal indices are shown in order and not written back", () => {
    const replica = shownFrom((elements) => {
      elements.set("bad", shape({ index: "r00000001" }));
      elements.set("one", shape());
      elements.set("two", shape());
    });
    expect(replica.editor.scene.map(({ id }) => id)).toEqual(["one", "two", "bad"]);
    replica.binding.push();
    expect(replica.writes).toBe(0);
  });

  test("repaired indices are written together with a real change of order", () => {
    const replica = shownFrom((elements) => {
      elements.set("one", shape());
      elements.set("two", shape());
      elements.set("three", shape({ index: "a1" }));
    });
    const repaired = replica.editor.get("two").index;
    replica.editor.replace("three", { index: "Zz" });
    replica.binding.push();
    expect(elementsOf(replica).two.index).toBe(repaired);
  });

  test("references into nowhere are not shown, not written back, and return with their target", () => {
    const replica = shownFrom((elements) => {
      const binding = { elementId: "gone", focus: 0, gap: 1 };
      const points = [
        [0, 0],
        [5, 5],
      ];
      elements.set("a", shape({ type: "arrow", path: { points }, startBinding: binding }));
      elements.set("t", shape({ type: "text", text: { text: "x" }, containerId: "gone" }));
      elements.set("f", shape({ frameId: "gone" }));
    });
    const { editor, binding, doc } = replica;
    expect(editor.get("a").startBinding).toBeNull();
    expect(editor.get("t").containerId).toBeNull();
    expect(editor.get("f").frameId).toBeNull();
    editor.mutate("a", { strokeColor: "#ff0000" });
    binding.push();
    expect(elementsOf(replica).a.startBinding).toMatchObject({ elementId: "gone" });
    doc.transact(() => doc.getMap<Y.Map<unknown>>("elements").set("gone", shape()), NETWORK);
    binding.pull();
    expect(editor.get("a").startBinding).toMatchObject({ elementId: "gone" });
    expect(editor.get("t").containerId).toBe("gone");
    expect(editor.get("f").frameId).toBe("gone");
  });

  test("of two texts in one container both are readable, and nothing is written", () => {
    const text = { type: "text", text: { text: "x" }, containerId: "r" };
    const replica = shownFrom((elements) => {
      elements.set("r", shape({ "bound:t1": "text", "bound:t2": "text" }));
      elements.set("t1", shape(text));
      elements.set("t2", shape(text));
    });
    expect(replica.editor.get("r").boundElements).toEqual([{ id: "t1", type: "text" }]);
    expect(replica.editor.get("t1").containerId).toBe("r");
    expect(replica.editor.get("t2")).toMatchObject({ containerId: null, isDeleted: false });
    replica.binding.push();
    expect(replica.writes).toBe(0);
  });

  test("junk is skipped, the rest is shown", () => {
    const replica = shownFrom((elements) => {
      elements.set("no-type", new Y.Map<unknown>([["pos", [1, 2]]]));
      elements.set("wild", shape({ pos: "left", opacity: "very", strokeColor: "#00ff00" }));
      elements.set("empty", new Y.Map());
      elements.set("stroke", shape({ type: "freedraw" }));
    });
    expect(replica.editor.scene.map(({ id }) => id)).toEqual(["wild"]);
    expect(replica.editor.get("wild")).toMatchObject({ strokeColor: "#00ff00", opacity: 100 });
  });

  test("a size that somebody wrote to a text is not taken for an edit of its words", () => {
    const { doc, editor, binding } = shownFrom((elements) => {
      elements.set("t", shape({ type: "text", text: { text: "hi", width: 20, height: 10 } }));
    });
    doc.getMap<Y.Map<unknown>>("elements").get("t")?.set("size", [500, 500]);
    binding.pull();
    expect(editor.get("t")).toMatchObject({ width: 20, height: 10 });
    editor.mutate("t", { strokeColor: "#ff0000" });
    binding.push();
    const shared = doc.getMap("elements").toJSON() as Record<string, Record<string, unknown>>;
    expect(shared.t?.text).toEqual({ text: "hi", width: 20, height: 10 });
  });

  test("a text that is empty for a moment is shown when it has words again", () => {
    const replica = shownFrom((elements) => {
      elements.set("t", shape({ type: "text", text: { text: "" } }));
    });
    expect(replica.editor.scene).toEqual([]);
    const map = replica.doc.getMap<Y.Map<unknown>>("elements").get("t");
    replica.doc.transact(() => map?.set("text", { text: "back" }), NETWORK);
    replica.binding.pull();
    expect(replica.editor.get("t")).toMatchObject({ text: "back", isDeleted: false });
  });
});
