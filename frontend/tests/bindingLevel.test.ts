/** What people without edit access do in the editor is taken back, and never written. */
import { expect, test } from "vitest";
import * as Y from "yjs";
import { rectangle } from "./support/fakeEditor";
import { pair, Replica, settle } from "./support/network";

function viewed(...ids: readonly string[]): [Replica, Replica, Y.Doc] {
  const [owner, , server] = pair(({ editor }) => {
    for (const [at, id] of ids.entries()) editor.add(rectangle(id, { index: `a${at}` }));
  });
  const viewer = new Replica(3, false, Y.encodeStateAsUpdate(server));
  viewer.binding.pull();
  return [owner, viewer, server];
}

const shown = ({ editor }: Replica) =>
  editor.elements().flatMap(({ id, isDeleted }) => (isDeleted ? [] : [id]));

test("a scene that was replaced by a file is the shared one again at once", () => {
  const [owner, viewer, server] = viewed("one", "two");
  viewer.editor.scene = [rectangle("foreign"), rectangle("two", { x: 500, version: 9 })];
  viewer.binding.push();
  expect(shown(viewer)).toEqual(["one", "two"]);
  expect(viewer.editor.get("two").x).toBe(0);
  expect(viewer.takenBack).toBe(1);
  viewer.binding.push();
  expect(viewer.takenBack).toBe(1);

  viewer.canEdit = true;
  viewer.binding.push();
  viewer.binding.pull();
  expect(viewer.writes).toBe(0);
  settle(server, owner, viewer);
  expect(shown(owner)).toEqual(["one", "two"]);
});

test("changes, deletions and the background are taken back, and newer than what the editor had", () => {
  const [, viewer] = viewed("one", "two");
  viewer.editor.mutate("one", { x: 70, strokeColor: "#ff0000" });
  viewer.editor.mutate("two", { isDeleted: true });
  viewer.editor.showBackground("#123456");
  const { version } = viewer.editor.get("one");
  viewer.binding.push();
  expect(viewer.editor.get("one")).toMatchObject({ x: 0, strokeColor: "#000000" });
  expect(viewer.editor.get("one").version).toBeGreaterThan(version);
  expect(shown(viewer)).toEqual(["one", "two"]);
  expect(viewer.editor.state.viewBackgroundColor).toBe("#ffffff");
  expect(viewer.writes).toBe(0);
});

test("what others change meanwhile is shown", () => {
  const [owner, viewer, server] = viewed("one");
  viewer.editor.mutate("one", { x: 70 });
  owner.editor.mutate("one", { x: 30 });
  settle(server, owner, viewer);
  expect(viewer.editor.get("one").x).toBe(30);
});

test("the gesture that goes on is let finish first, and a touch without a change is none", () => {
  const [, viewer] = viewed("one");
  viewer.editor.setState({ cursorButton: "down" });
  viewer.editor.mutate("one", { x: 70 });
  viewer.binding.push();
  expect(viewer.editor.get("one").x).toBe(70);
  viewer.editor.idle();
  viewer.binding.push();
  expect(viewer.editor.get("one").x).toBe(0);
  viewer.editor.mutate("one", {});
  viewer.binding.push();
  expect(viewer.takenBack).toBe(1);
});
