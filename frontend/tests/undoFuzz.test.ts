import { expect, test } from "vitest";
import * as Y from "yjs";
import { Replica, settle } from "./support/network";
import { Random } from "./support/random";
import { RandomUser } from "./support/randomUser";

/**
 * Two to four people draw, change each other's things, and undo and redo at random. No step may write
 * over a value that somebody else chose, and all must end with the same.
 *
 * `npm run fuzz` for the long run; CANVAS_FUZZ_RUNS says how long, CANVAS_FUZZ_FIRST where it begins.
 */
const RUNS = Number(process.env.CANVAS_FUZZ_RUNS ?? 200);
/** The seed to begin with. */
const FIRST = Number(process.env.CANVAS_FUZZ_FIRST ?? 1);
const STEPS = 80;

/** What happened in all runs. */
const tally = { steps: 0, withheld: 0, foreign: [] as string[], left: [] as string[] };

function meet(seed: number): void {
  const random = new Random(seed);
  const server = new Y.Doc();
  const people = Array.from(
    { length: 2 + random.below(3) },
    (_, at) => new RandomUser(1 + random.below(1_000_000) * 10 + at),
  );
  for (let serial = 0; serial < STEPS; serial += 1) {
    const person = random.pick(people);
    if (!person) continue;
    if (random.chance(3)) person.stepBack(random);
    else person.act(random, serial);
    person.editor.idle();
    person.push();
    if (random.chance(10)) person.isOnline = !person.isOnline;
    if (person.isOnline && !random.chance(4)) person.sync(server);
    if (!random.chance(4)) person.pull();
  }
  settle(server, ...people);
  const late = new Replica(99, true, Y.encodeStateAsUpdate(server));
  for (const person of people) {
    expect(person.doc.toJSON(), `documents of run ${seed}`).toEqual(late.doc.toJSON());
    tally.steps += person.steps;
    tally.withheld += person.withheld;
    tally.foreign.push(...person.takenBackFrom.map((name) => `${name} in run ${seed}`));
    tally.left.push(...person.leftToNobody.map((name) => `${name} in run ${seed}`));
  }
}

test(`${RUNS} meetings of people who undo and redo: nobody takes back what others chose`, () => {
  for (let seed = FIRST; seed < FIRST + RUNS; seed += 1) meet(seed);
  console.log(`undo: ${tally.steps} steps, ${tally.withheld} left something to others`);
  expect(tally.foreign.slice(0, 5)).toEqual([]);
  expect(tally.left.slice(0, 5)).toEqual([]);
  expect(tally.withheld).toBeGreaterThan(RUNS / 4);
}, 3_600_000);
