import { expect, test } from "vitest";
import * as Y from "yjs";
import { encodeGroups, type SceneElement } from "../src/canvas/groups";
import { keepForeign } from "../src/undo/own";
import { Writers } from "../src/undo/writers";
import { arrow } from "./support/fakeEditor";
import { emptyEntry } from "./support/steps";

const OLD = [
  [0, 0],
  [50, 20],
];

/** An arrow as a person has it in the editor and in the document. */
function drawn(element: SceneElement) {
  const doc = new Y.Doc();
  const writers = new Writers(doc, { id: "1", name: "Alice" } as never);
  const values = Object.entries(encodeGroups(element));
  doc.getMap("elements").set(element.id, new Y.Map(values));
  return { doc, writers, scene: new Map([[element.id, element]]) };
}

test("to undo a colour leaves points alone that were drawn since", () => {
  const { doc, writers, scene } = drawn(
    arrow("a", {
      points: [
        [0, 0],
        [9, 9],
      ],
    }),
  );
  const entry = emptyEntry();
  entry.elementsChange.updated.set("a", {
    // Equal, and not the same: so the editor has them here.
    deleted: { strokeColor: "#111111", points: structuredClone(OLD) },
    inserted: { strokeColor: "#222222", points: structuredClone(OLD) },
  });
  expect(keepForeign(entry, scene, doc, writers)).toEqual({ kept: [], changed: [] });
  expect(entry.elementsChange.updated.get("a")).toEqual({
    deleted: { strokeColor: "#111111" },
    inserted: { strokeColor: "#222222" },
  });
});

test("a step in which nothing changes is none", () => {
  const { doc, writers, scene } = drawn(arrow("a", { points: OLD }));
  const entry = emptyEntry();
  const same = { points: structuredClone(OLD), width: 50 };
  entry.elementsChange.updated.set("a", { deleted: same, inserted: structuredClone(same) });
  keepForeign(entry, scene, doc, writers);
  expect([...entry.elementsChange.updated.keys()]).toEqual([]);
});
