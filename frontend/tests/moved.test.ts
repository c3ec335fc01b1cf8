import { expect, test } from "vitest";
import type { SceneElement } from "../src/canvas/groups";
import { isOnlyElsewhere, showMoved } from "../src/canvas/moved";
import { rectangle } from "./support/fakeEditor";
import { pair, settle } from "./support/network";

const box = (more: object = {}): SceneElement => ({ ...rectangle("r"), ...more }) as SceneElement;

test("only a place, and what makes it newer, may differ", () => {
  const groupIds: string[] = [];
  expect(isOnlyElsewhere(box({ groupIds }), box({ groupIds, x: 9, version: 7 }))).toBe(true);
  expect(isOnlyElsewhere(box(), box({ strokeColor: "#f00" }))).toBe(false);
  expect(isOnlyElsewhere(box(), box({ x: 9, isDeleted: true }))).toBe(false);
  expect(isOnlyElsewhere(box(), box({ link: "https://example.com" }))).toBe(false);
  expect(isOnlyElsewhere(undefined, box())).toBe(false);
});

function editorWith(element: SceneElement, known: SceneElement | undefined) {
  let updates = 0;
  const elements = new Map([[element.id, element]]);
  const snapshot = { elements: new Map(known ? [[element.id, known]] : []) };
  const triggerUpdate = () => void updates++;
  const scene = { getElementsMapIncludingDeleted: () => elements, triggerUpdate };
  return { scene, store: { snapshot }, updates: () => updates };
}

test("an element moves in place, once for all, and undo knows its place", () => {
  const element = box({ version: 3 });
  const known = box({ version: 3 });
  const editor = editorWith(element, known);
  showMoved(editor, [box({ x: 70, y: 80, version: 4, versionNonce: 5 }), { ...box(), id: "gone" }]);
  expect(editor.scene.getElementsMapIncludingDeleted().get("r")).toBe(element);
  expect(element).toMatchObject({ x: 70, y: 80, version: 4, versionNonce: 5 });
  expect(editor.store.snapshot.elements.get("r")).toMatchObject({ x: 70, y: 80, version: 4 });
  expect(known.x).not.toBe(70);
  expect(editor.updates()).toBe(1);
});

test("what the user is doing to it can still be undone", () => {
  const known = box({ version: 2, width: 10 });
  const editor = editorWith(box({ version: 3, width: 99 }), known);
  showMoved(editor, [box({ x: 70, version: 4 })]);
  expect(editor.store.snapshot.elements.get("r")).toBe(known);
});

test("a move by others keeps the element; any other change replaces it", () => {
  const [a, b, server] = pair(({ editor }) => editor.add(rectangle("r")));
  const element = b.editor.get("r");
  a.editor.mutate("r", { x: 50, y: 60 });
  settle(server, a, b);
  expect(b.editor.get("r")).toBe(element);
  expect(element).toMatchObject({ x: 50, y: 60 });
  a.editor.mutate("r", { x: 51, strokeColor: "#ff0000" });
  settle(server, a, b);
  expect(b.editor.get("r")).not.toBe(element);
  expect(b.editor.get("r")).toMatchObject({ x: 51, y: 60, strokeColor: "#ff0000" });
});
