// @vitest-environment happy-dom
/** The names on notes: what is shown, and how little it costs to keep them in their places. */
import { afterEach, expect, test } from "vitest";
import * as Y from "yjs";
import type { SceneElement } from "../src/canvas/groups";
import { AuthorLayer } from "../src/notes/authorLayer";
import { EditorApi } from "./support/editorApi";

const NOTES = 1_000;
const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0)) clean();
});

/** A board with notes of Bob, as Alice sees it. */
function open() {
  const doc = new Y.Doc();
  const bob = new Y.Doc();
  bob.getMap("authors").set(String(bob.clientID), { user: "2", name: "Bob" });
  const fake = new EditorApi();
  const scene = Array.from({ length: NOTES }, (_, at) => {
    const id = `n${at}`;
    bob.getMap("elements").set(id, new Y.Map([["type", "rectangle"]]));
    const place = { x: 220 * (at % 40), y: 220 * Math.floor(at / 40), width: 200, height: 200 };
    const other = { angle: 0, boundElements: [], customData: { note: true } };
    const own = { id, type: "rectangle", version: 1, versionNonce: 1, index: null };
    return { ...own, isDeleted: false, ...place, ...other } as SceneElement;
  });
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(bob));
  fake.editor.scene = scene;
  const container = document.createElement("div");
  document.body.append(container);
  const layer = new AuthorLayer(fake.api, doc, { id: "1", name: "Alice" }, container);
  cleanup.push(() => layer.destroy());
  const changed = new Set<Node>();
  const observer = new MutationObserver((records) => {
    for (const { target } of records) changed.add(target);
  });
  observer.observe(container, { subtree: true, attributes: true, childList: true });
  const touched = async (act: () => void): Promise<number> => {
    changed.clear();
    act();
    await new Promise((resolve) => setTimeout(resolve));
    return changed.size;
  };
  const shown = () => container.querySelectorAll(".note-author:not([hidden])").length;
  return { fake, container, scene, touched, shown };
}

test("scrolling moves one layer, however many notes there are", async () => {
  const { fake, touched, shown } = open();
  expect(shown()).toBe(NOTES);
  expect(await touched(() => fake.scroll({ scrollX: 50 }))).toBe(1);
  expect(await touched(() => fake.report())).toBe(0);
});

test("a note that is moved in place takes its own name along, and no other", async () => {
  const { fake, touched, scene } = open();
  const move = () => {
    Object.assign(scene[7] as object, { x: -500 });
    fake.report();
  };
  expect(await touched(move)).toBe(1);
});

test("a name goes with its note, and is hidden under another one", () => {
  const { fake, container, scene, shown } = open();
  fake.editor.scene = scene.slice(1);
  fake.report();
  expect(shown()).toBe(NOTES - 1);
  expect(container.querySelectorAll(".note-author")).toHaveLength(NOTES - 1);
  Object.assign(scene[9] as object, { x: Number(scene[8]?.x), y: 0 });
  fake.report();
  expect(shown()).toBe(NOTES - 2);
});

test("names too small to read are not shown", () => {
  const { fake, container } = open();
  fake.scroll({});
  fake.setState({ zoom: { value: 0.2 } });
  fake.scroll({});
  expect(container.querySelector<HTMLElement>(".note-authors")?.hidden).toBe(true);
});
