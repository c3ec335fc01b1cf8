/**
 * Deletions and edits by several people with several devices, most of them offline, come together in
 * every order and with every order of client ids. People are asked exactly when one person's deletion
 * met another person's edit and neither had seen the other, whichever value Yjs lets win.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { Json } from "../src/canvas/groups";
import { seenOf } from "../src/conflicts/deletion";
import { LIVE_REST_MS } from "../src/conflicts/recorder";
import { Random } from "./support/random";
import {
  contentOf,
  RecorderNetwork,
  type RecordingReplica,
  rectangleGroups,
} from "./support/recorders";

const RUNS = Number(process.env.CANVAS_FUZZ_RUNS ?? 250);
const FIRST = Number(process.env.CANVAS_FUZZ_FIRST ?? 1);
const STEPS = 14;
const PEOPLE = ["Alice", "Alice", "Bob", "Bob", "Carol"];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A value that a person gave to the element, and what they had seen. */
interface Write {
  readonly key: string;
  readonly value: unknown;
  readonly user: string;
  readonly client: number;
  readonly clock: number;
  readonly knew: ReadonlyMap<number, number>;
}

const knows = (one: Write, other: Write) => (one.knew.get(other.client) ?? 0) > other.clock;

/**
 * Independent of the detector: from what each person knew. Who takes a deletion back edits, too.
 * `null` where both answers are right: a person has deleted and kept it on two devices, several kept it
 * at once and a deletion was made in the knowledge of one of them, or an edit was replaced perhaps
 * before, perhaps after the deletion met it.
 */
function isAsked(writes: readonly Write[]): boolean | null {
  const decisions = writes.filter(({ key }) => key === "del");
  const open = decisions.filter((one) => !decisions.some((other) => knows(other, one)));
  const deletions = open.filter(({ value }) => value !== false);
  const kept = open.filter(({ value }) => value === false);
  const changes = writes.filter(({ key }) => key !== "del");
  const isMissed = (edit: Write) => !deletions.some((deletion) => knows(deletion, edit));
  // Who replaced an edit without knowing of the deletion edited in their own name.
  const isReplaced = (edit: Write, deletion: Write) =>
    changes.some((one) => one.key === edit.key && knows(one, edit) && !knows(one, deletion));
  const disputed = (edits: readonly Write[]) =>
    deletions.flatMap((deletion) =>
      edits
        .filter((edit) => edit.user !== deletion.user && isMissed(edit) && !knows(edit, deletion))
        .map((edit) => edit.key === "del" || !isReplaced(edit, deletion)),
    );
  const isTorn = kept.some(({ user }) => deletions.some((deletion) => deletion.user === user));
  if (isTorn) return null;
  const keeps = decisions.filter(({ value }) => value === false);
  const areSeveral = keeps.some((one) =>
    keeps.some((other) => one !== other && !knows(one, other) && !knows(other, one)),
  );
  if (disputed(changes).includes(true)) return true;
  if (disputed(kept).length > 0) return areSeveral ? null : true;
  return disputed(changes).length > 0 ? null : false;
}

/** Whether the element stands deleted when nobody is asked; `null` where decisions differ. */
function isGone(writes: readonly Write[]): boolean | null {
  const decisions = writes.filter(({ key }) => key === "del");
  const open = decisions.filter((one) => !decisions.some((other) => knows(other, one)));
  const deletions = open.filter(({ value }) => value !== false);
  return deletions.length > 0 && deletions.length < open.length ? null : deletions.length > 0;
}

class Office {
  readonly network = new RecorderNetwork();
  readonly people: RecordingReplica[];
  readonly writes: Write[] = [];
  readonly trace: string[] = [];
  private serial = 0;

  constructor(private readonly random: Random) {
    const ids = new Set<number>();
    while (ids.size < PEOPLE.length) ids.add(1 + random.below(1000));
    const clients = [...ids];
    this.people = PEOPLE.map((name, at) => this.network.join(clients[at] ?? 0, name));
    this.people[0]?.doc.getMap("elements").set("e", rectangleGroups());
  }

  step(): void {
    const person = this.random.pick(this.people);
    if (!person) return;
    const action = this.random.below(10);
    if (action < 3) this.edit(person, this.random.chance(2) ? "pos" : "strokeColor");
    else if (action < 5) this.decide(person);
    else if (action < 8 && person.isOnline) this.move(person, false);
    else if (action >= 8 && !person.isOnline) this.move(person, true);
  }

  end(): void {
    const away = this.people.filter(({ isOnline }) => !isOnline);
    while (away.length > 0) {
      const [person] = away.splice(this.random.below(away.length), 1);
      if (person) this.move(person, true);
    }
    for (let rest = 0; rest < 3; rest += 1) vi.advanceTimersByTime(LIVE_REST_MS + 1);
  }

  private move(person: RecordingReplica, isOnline: boolean): void {
    this.trace.push(`${person.name}#${person.doc.clientID} ${isOnline ? "returns" : "leaves"}`);
    if (isOnline) person.goOnline();
    else person.goOffline();
  }

  private edit(person: RecordingReplica, key: string): void {
    if (person.element().get("del")) return;
    this.serial += 1;
    this.write(person, key, this.serial);
  }

  /** Deletes what is there, or takes back a deletion. */
  private decide(person: RecordingReplica): void {
    const element = person.element() as Y.Map<Json>;
    if (!element.get("del")) {
      this.write(person, "del", { by: person.author.user, at: 1, seen: seenOf(element) });
    } else if (this.random.chance(3)) this.write(person, "del", false);
  }

  private write(person: RecordingReplica, key: string, value: unknown): void {
    const knew = Y.decodeStateVector(Y.encodeStateVector(person.doc));
    person.set(key, value);
    const client = person.doc.clientID;
    const item = person.element()._map.get(key);
    if (!item) throw new Error("not written");
    const clock = item.id.clock + item.length - 1;
    this.writes.push({ key, value, user: person.author.user, client, clock, knew });
    this.trace.push(`${person.name}#${client} writes ${key} ${JSON.stringify(value)}`);
  }
}

test(`${RUNS} random offices: nobody's deletion of somebody's edit goes without a question`, () => {
  const faults: string[] = [];
  let asked = 0;
  for (let seed = FIRST; seed < FIRST + RUNS; seed += 1) {
    const office = new Office(new Random(seed));
    for (let i = 0; i < STEPS; i += 1) office.step();
    office.end();
    const [first, ...others] = office.people;
    for (const other of others)
      expect(contentOf(other.doc)).toEqual(contentOf(first?.doc ?? other.doc));
    const expected = isAsked(office.writes);
    const found = first?.conflicts().has("e/del") ?? false;
    if (expected) asked += 1;
    if (expected === null) continue;
    const gone = isGone(office.writes);
    const isWrong = gone !== null && gone !== Boolean(first?.element().get("del"));
    if (expected === found && (found || !isWrong)) continue;
    const what = expected === found ? "wrong value" : expected ? "missed" : "false";
    faults.push([`${what} in run ${seed}`, ...office.trace].join("\n  "));
  }
  console.log(`deletions: ${RUNS} offices, ${asked} questions, ${faults.length} faults`);
  expect(faults.slice(0, 3).join("\n")).toBe("");
  expect(asked).toBeGreaterThan(RUNS / 10);
}, 300_000);
