import { generateKeyBetween } from "fractional-indexing";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { encodeGroups, type SceneElement } from "../src/canvas/groups";
import { arrow, rectangle, textElement } from "./support/fakeEditor";
import { Replica, settle } from "./support/network";
import { Random } from "./support/random";

/**
 * Random people on random connections: draw, drag (in place), recolour, bind, delete, restore,
 * reorder, lose elements from the scene, go offline. Afterwards everybody must hold and show the
 * same, and further rendering must write nothing at all.
 */
const RUNS = 2000;
const STEPS = 100;

function step(person: Replica, random: Random, server: Y.Doc, serial: number): void {
  const { editor, binding } = person;
  const live = editor.scene.filter(({ isDeleted }) => !isDeleted);
  const target = random.pick(live);
  switch (random.below(16)) {
    case 0: {
      const id = `e${person.doc.clientID}_${serial}`;
      const make = random.pick([rectangle, arrow, (key: string) => textElement(key, "new")]);
      const place = random.below(editor.scene.length + 1);
      const index = indexAt(editor.scene, place);
      editor.add({ ...(make ?? rectangle)(id), x: random.below(100), index });
      editor.scene.splice(place, 0, ...editor.scene.splice(-1));
      break;
    }
    case 1:
    case 2:
      if (target) {
        editor.setState({
          selectedElementIds: { [target.id]: true },
          selectedElementsAreBeingDragged: true,
        });
        editor.mutate(target.id, { x: random.below(1000), y: random.below(1000) });
      }
      break;
    case 3:
      if (target) editor.mutate(target.id, { strokeColor: `#${random.below(50)}` });
      break;
    case 4:
      if (target?.points) {
        const end = [random.below(50), random.below(50)];
        editor.replace(target.id, { points: [[0, 0], end], width: end[0], height: end[1] });
      } else if (target) editor.replace(target.id, { width: 1 + random.below(50) });
      break;
    case 5:
      if (target) editor.replace(target.id, { isDeleted: true });
      break;
    case 6: {
      const deleted = random.pick(editor.scene.filter(({ isDeleted }) => isDeleted));
      if (deleted) editor.replace(deleted.id, { isDeleted: false });
      break;
    }
    case 7: {
      const line = random.pick(live.filter(({ type }) => type === "arrow"));
      if (!line || !target || target.type === "arrow") break;
      editor.replace(line.id, { endBinding: { elementId: target.id, focus: 0, gap: 1 } });
      const others = (target.boundElements as { id: string }[] | null) ?? [];
      const bound = [...others.filter(({ id }) => id !== line.id), { id: line.id, type: "arrow" }];
      editor.replace(target.id, { boundElements: random.chance(4) ? [] : bound });
      break;
    }
    case 8: {
      const text = random.pick(live.filter(({ type }) => type === "text"));
      if (!text || target?.type !== "rectangle") break;
      editor.mutate(text.id, { containerId: target.id, text: `t${random.below(9)}` });
      editor.replace(target.id, { boundElements: [{ id: text.id, type: "text" }] });
      break;
    }
    case 9:
      if (random.chance(4)) editor.scene = editor.scene.filter(() => !random.chance(3));
      break;
    case 10:
      editor.idle();
      binding.push();
      binding.pull();
      break;
    case 11:
    case 12:
      if (person.isOnline) {
        binding.push();
        person.sync(server);
        if (random.chance(2)) binding.pull();
      }
      break;
    case 13:
      person.isOnline = !person.isOnline;
      break;
    case 14: {
      if (!target) break;
      const others = editor.scene.filter(({ id }) => id !== target.id);
      const place = random.below(others.length + 1);
      editor.replace(target.id, { index: indexAt(others, place) });
      editor.scene.sort((a, b) => ((a.index ?? "") < (b.index ?? "") ? -1 : 1));
      break;
    }
    default:
      binding.push();
  }
}

/** An index between two neighbours, as the editor makes it: equal ones come from two editors. */
function indexAt(scene: readonly SceneElement[], place: number): string {
  return generateKeyBetween(scene[place - 1]?.index ?? null, scene[place]?.index ?? null);
}

/** What a person sees, without the bookkeeping of one editor and without tombstones. */
function view({ editor }: Replica): unknown {
  return editor.scene
    .filter(({ isDeleted }) => !isDeleted)
    .map((element) => ({ id: element.id, ...encodeGroups(element) }));
}

test(`${RUNS} random meetings converge, and quiet people write nothing`, () => {
  let writes = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = new Random(seed);
    const server = new Y.Doc();
    const people = Array.from({ length: 2 + random.below(3) }, (_, i) => {
      return new Replica(1 + random.below(1_000_000) * 10 + i);
    });
    for (let i = 0; i < STEPS; i += 1) {
      const person = random.pick(people);
      if (person) step(person, random, server, i);
    }
    for (const person of people) person.editor.idle();
    settle(server, ...people);

    const before = people.map((person) => person.writes);
    settle(server, ...people);
    settle(server, ...people);
    expect(
      people.map((person) => person.writes),
      `echo in run ${seed}`,
    ).toEqual(before);
    writes += before.reduce((sum, count) => sum + count, 0);

    const [first, ...others] = people;
    if (!first) continue;
    const late = new Replica(99, true, Y.encodeStateAsUpdate(server));
    late.binding.pull();
    for (const other of [...others, late]) {
      expect(other.doc.toJSON(), `documents of run ${seed}`).toEqual(first.doc.toJSON());
      expect(view(other), `scenes of run ${seed}`).toEqual(view(first));
    }
  }
  expect(writes).toBeGreaterThan(RUNS * 20);
}, 300_000);

test("colour by one and move by the other survive every pair of client ids", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = new Random(seed);
    const server = new Y.Doc();
    const a = new Replica(1 + random.below(1_000_000));
    const b = new Replica(2_000_000 + random.below(1_000_000));
    const [early, late] = random.chance(2) ? [a, b] : [b, a];
    early.editor.add(rectangle("r"));
    settle(server, early, late);
    early.editor.mutate("r", { x: 5, y: 6 });
    late.editor.mutate("r", { strokeColor: "#ff0000" });
    settle(server, late, early);
    for (const { editor } of [a, b]) {
      expect(editor.get("r")).toMatchObject({ x: 5, y: 6, strokeColor: "#ff0000" });
    }
  }
});
