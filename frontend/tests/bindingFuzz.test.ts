import { expect, test } from "vitest";
import * as Y from "yjs";
import { decodeGroup } from "../src/canvas/decode";
import { encodeGroups, equalJson, type Groups, isObject, type Json } from "../src/canvas/groups";
import { rectangle } from "./support/fakeEditor";
import { writeJunk } from "./support/hostileWriter";
import { Replica, settle } from "./support/network";
import { Random } from "./support/random";
import { RandomUser } from "./support/randomUser";

/**
 * Random people on random connections, and now and then a program that writes junk. Afterwards
 * everybody must hold and show the same as somebody who comes late, nothing may have been written
 * that nobody did, and further rendering must write nothing at all.
 *
 * `npm run fuzz` for the long run; CANVAS_FUZZ_RUNS says how long.
 */
const RUNS = Number(process.env.CANVAS_FUZZ_RUNS ?? 100);
const STEPS = 240;

/** What happened in all runs. */
class Tally {
  merges = 0;
  writes = 0;
  /** Values in the document that somebody does not see. */
  missed = 0;
  /** Values that were written although nobody had changed them. */
  false = 0;
  echoes = 0;
  /** Values of others that undo or redo took back. */
  foreign = 0;
  /** Steps of undo and redo, and those that left something to others. */
  steps = 0;
  withheld = 0;
  /** Of the first fault of each kind. */
  readonly examples: string[] = [];

  fault(kind: "missed" | "false" | "echoes" | "foreign", what: string): void {
    if (this[kind] === 0) this.examples.push(`${kind}: ${what}`);
    this[kind] += 1;
  }
}

function step(person: RandomUser, random: Random, server: Y.Doc, serial: number): void {
  switch (random.below(16)) {
    case 7:
    case 8:
    case 0:
    case 1:
      person.editor.idle();
      person.pull();
      break;
    case 2:
    case 3:
    case 9:
      person.push();
      if (person.isOnline) person.sync(server);
      if (random.chance(2)) person.pull();
      break;
    case 4:
      if (random.chance(2)) person.isOnline = !person.isOnline;
      break;
    case 5:
      person.push();
      break;
    case 6:
      if (random.chance(4)) writeJunk(server, random, serial);
      break;
    default:
      person.act(random, serial);
  }
}

/** What a person sees, without the bookkeeping of one editor and without tombstones. */
function view({ editor }: Replica): Map<string, Groups> {
  const live = editor.scene.filter(({ isDeleted }) => !isDeleted);
  return new Map(live.map((element) => [element.id, encodeGroups(element)]));
}

/** What makes an element visible at all: without it somebody who comes late sees nothing. */
const BODY = ["pos", "size", "path", "text"] as const;

/** They are hidden where their target is not seen. */
const REFERENCES = new Set(["containerId", "frameId", "startBinding", "endBinding"]);

/** A value that fits nothing leaves everybody with what he had before it. */
function isSound(type: string, key: string, value: Json | undefined): boolean {
  return decodeGroup(type, key, value) !== null || key.startsWith("bound:");
}

function compare(seen: Replica, truth: Replica, tally: Tally, where: string): void {
  const [own, expected] = [view(seen), view(truth)];
  const shared = truth.doc.getMap("elements").toJSON() as Record<string, Groups>;
  const isWhole = (id: string) => {
    const groups = shared[id] ?? {};
    return BODY.every((key) => !(key in groups) || isSound(String(groups.type), key, groups[key]));
  };
  const orders = [own, expected].map((shown) => [...shown.keys()].filter(isWhole));
  if (!equalJson(orders[0], orders[1])) tally.fault("missed", `${orders.join(" for ")} ${where}`);
  for (const [id, groups] of expected) {
    const keys = new Set([...Object.keys(groups), ...Object.keys(own.get(id) ?? {})]);
    for (const key of keys) {
      const isSame = equalJson(own.get(id)?.[key], groups[key]);
      const value = shared[id]?.[key];
      if (isSame || !isSound(String(groups.type), key, value)) continue;
      const target = isObject(value) ? value.elementId : value;
      if (REFERENCES.has(key) && !isWhole(String(target))) continue;
      const values = JSON.stringify([own.get(id)?.[key], groups[key], value]);
      tally.fault("missed", `${id}/${key} ${values} ${where}`);
    }
  }
}

function meet(seed: number, tally: Tally): void {
  const random = new Random(seed);
  const server = new Y.Doc();
  const people = Array.from({ length: 2 + random.below(3) }, (_, i) => {
    return new RandomUser(1 + random.below(1_000_000) * 10 + i);
  });
  for (let i = 0; i < STEPS; i += 1) {
    const person = random.pick(people);
    if (person) step(person, random, server, i);
  }
  for (const person of people) {
    person.editor.idle();
    person.push();
  }
  settle(server, ...people);

  const before = people.map(({ writes }) => writes);
  settle(server, ...people);
  settle(server, ...people);
  people.forEach(({ writes }, at) => {
    for (let i = before[at] ?? 0; i < writes; i += 1) tally.fault("echoes", `run ${seed}`);
  });

  const late = new Replica(99, true, Y.encodeStateAsUpdate(server));
  late.binding.pull();
  for (const person of people) {
    expect(person.doc.toJSON(), `documents of run ${seed}`).toEqual(late.doc.toJSON());
    compare(person, late, tally, `in run ${seed}`);
    for (const name of person.unmeant) tally.fault("false", `${name} in run ${seed}`);
    for (const name of person.takenBackFrom) tally.fault("foreign", `${name} in run ${seed}`);
    tally.steps += person.steps;
    tally.withheld += person.withheld;
    tally.merges += person.merges;
    tally.writes += person.writes;
  }
}

test(`${RUNS} random meetings: everybody sees everything, and only what people do is written`, () => {
  const tally = new Tally();
  for (let seed = 1; seed <= RUNS; seed += 1) meet(seed, tally);
  const { merges, writes, missed, false: wrong, echoes, examples } = tally;
  console.log(
    `binding: ${merges} merges, ${writes} writes, ${missed} missed, ${wrong} false, ${echoes} echoes;` +
      ` ${tally.steps} steps of undo and redo, ${tally.withheld} left something to others`,
  );
  expect(examples).toEqual([]);
  expect(merges).toBeGreaterThan(RUNS * 50);
  expect(tally.steps).toBeGreaterThan(RUNS);
}, 600_000);

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
