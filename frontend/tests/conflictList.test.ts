/** The list of open conflicts: what it shows, and that it looks only at what changed. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { ConflictList } from "../src/conflicts/list";
import { LIVE_REST_MS } from "../src/conflicts/recorder";
import { Random } from "./support/random";
import { RecorderNetwork, rectangleGroups } from "./support/recorders";

const OPEN = 500;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A document with open conflicts about the place of each element. */
function disputed(count: number): { doc: Y.Doc; elements: Y.Map<Y.Map<unknown>> } {
  const doc = new Y.Doc();
  const elements = doc.getMap<Y.Map<unknown>>("elements");
  for (let at = 0; at < count; at += 1) {
    elements.set(`e${at}`, rectangleGroups());
    const item = elements.get(`e${at}`)?._map.get("pos");
    const shown = `${item?.id.client}:${(item?.id.clock ?? 0) + (item?.length ?? 1) - 1}`;
    const side = (id: string, value: number[]) => ({ id, user: "a", name: "A", value });
    const sides = [side(shown, [0, 0]), side("7:1", [at, at])];
    const record = {
      v: 1,
      element: `e${at}`,
      group: "pos",
      at,
      batch: "b",
      sides,
      shown,
      edited: [],
    };
    doc.getMap("conflicts").set(`e${at}/pos`, record);
  }
  elements.set("other", rectangleGroups());
  return { doc, elements };
}

test("it is what a list made from the start would be, after whatever happens", () => {
  for (let seed = 1; seed <= 15; seed += 1) {
    const random = new Random(seed);
    const network = new RecorderNetwork();
    const people = ["Alice", "Bob"].map((name, at) => network.join(10 + at, name));
    const [alice] = people;
    if (!alice) throw new Error("nobody");
    const elements = alice.doc.getMap("elements");
    for (const id of ["e", "f", "label"]) elements.set(id, rectangleGroups());
    const list = new ConflictList(alice.doc, "alice");
    let calls = 0;
    list.subscribe(() => {
      calls += 1;
    });
    for (let step = 0; step < 30; step += 1) {
      const person = random.pick(people) ?? alice;
      const id = random.pick(["e", "f", "label"]) ?? "e";
      const before = [list.snapshot(), calls] as const;
      const action = random.below(9);
      if (action === 0 && person.isOnline) person.goOffline();
      else if (action === 0) person.goOnline();
      else if (action === 1) person.set("bound:label", random.pick(["text", "arrow"]), "e");
      else if (action === 2) person.set("text", { text: `words ${step}` }, "label");
      else if (action === 3) person.set("name", `name ${step}`, id);
      else if (action === 4)
        person.set("del", person.element(id).get("del") ? false : { by: person.author.user }, id);
      else if (action === 5) vi.advanceTimersByTime(LIVE_REST_MS + 1);
      else person.set(random.pick(["pos", "strokeColor"]) ?? "pos", step, id);
      expect(list.snapshot()).toEqual(new ConflictList(alice.doc, "alice").snapshot());
      if (before[0] === list.snapshot()) expect(calls).toBe(before[1]);
    }
  }
});

test("a change elsewhere looks at none of them, and one on an element at its own", () => {
  const { doc, elements } = disputed(OPEN);
  const list = new ConflictList(doc, null);
  expect(list.snapshot()).toHaveLength(OPEN);
  const looked = vi.spyOn(doc.getMap("conflicts"), "get");
  const before = list.snapshot();
  elements.get("other")?.set("pos", [5, 5]);
  expect(list.snapshot()).toBe(before);
  expect(looked).not.toHaveBeenCalled();
  elements.get("e7")?.set("pos", [5, 5]);
  expect(list.snapshot()).toHaveLength(OPEN - 1);
  expect(looked).toHaveBeenCalledTimes(1);
});

test("shapes that are each other's label do no harm", () => {
  const { doc, elements } = disputed(2);
  elements.get("e0")?.set("bound:e1", "text");
  elements.get("e1")?.set("bound:e0", "text");
  const list = new ConflictList(doc, null);
  expect(list.snapshot().map(({ words }) => words)).toEqual(["", ""]);
});
