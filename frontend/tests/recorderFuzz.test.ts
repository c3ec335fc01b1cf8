import { expect, test } from "vitest";
import { Random } from "./support/random";
import {
  contentOf,
  RecorderNetwork,
  type RecordingReplica,
  rectangleGroups,
} from "./support/recorders";

/**
 * People who draw, go offline, reload, come back, at random. Whenever somebody returns, exactly the
 * values that both he and others have changed differently are in conflict, and the online ones stand.
 */
const RUNS = Number(process.env.CANVAS_FUZZ_RUNS ?? 200);
const STEPS = 80;
const KEYS = ["pos", "size", "strokeColor"] as const;
const IDS = ["a", "b", "c"] as const;

/** `element/key` of what a person changed since he went offline. */
type Own = Map<RecordingReplica, Set<string>>;

function valueAt(network: RecorderNetwork, name: string): unknown {
  const [id = "", key = ""] = name.split("/");
  const elements = network.server.getMap("elements").toJSON() as Record<string, unknown>;
  return (elements[id] as Record<string, unknown>)[key];
}

test(`${RUNS} random offices: every conflict is on record, nothing else is, and then it is quiet`, () => {
  let conflicts = 0;
  let serial = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = new Random(seed);
    const network = new RecorderNetwork();
    let clientId = 1 + random.below(1_000_000);
    const nextId = () => {
      clientId = (clientId * 7919 + 13) % 1_000_003;
      return clientId;
    };
    const first = network.join(nextId(), "P0");
    for (const id of IDS) first.doc.getMap("elements").set(id, rectangleGroups());
    const people = [first, network.join(nextId(), "P1"), network.join(nextId(), "P2")];
    const own: Own = new Map(people.map((person) => [person, new Set<string>()]));
    /** What others changed since a person went offline. */
    const missed: Own = new Map(people.map((person) => [person, new Set<string>()]));

    const edit = (person: RecordingReplica) => {
      const name = `${random.pick(IDS)}/${random.pick(KEYS)}`;
      const [id = "", key = ""] = name.split("/");
      serial += 1;
      person.set(key, serial, id);
      if (!person.isOnline) own.get(person)?.add(name);
      else for (const other of people) if (other !== person) missed.get(other)?.add(name);
    };
    const comeBack = (person: RecordingReplica) => {
      const mine = own.get(person) ?? new Set();
      const theirs = missed.get(person) ?? new Set();
      const before = new Map(
        KEYS.flatMap((key) => IDS.map((id) => `${id}/${key}`)).map((name) => [
          name,
          valueAt(network, name),
        ]),
      );
      const open = new Set(
        people
          .find(({ isOnline }) => isOnline)
          ?.conflicts()
          .keys(),
      );
      const expected = [...mine].filter((name) => theirs.has(name));
      person.goOnline();
      conflicts += expected.length;
      const found = [...person.conflicts().keys()];
      expect(found, `missed in run ${seed}`).toEqual(expect.arrayContaining(expected));
      const fresh = found.filter((name) => !open.has(name) && open.size > 0);
      expect(expected, `false in run ${seed}`).toEqual(expect.arrayContaining(fresh));
      for (const name of theirs) expect(valueAt(network, name)).toEqual(before.get(name));
      for (const name of mine) {
        for (const other of people) if (other !== person) missed.get(other)?.add(name);
      }
      own.get(person)?.clear();
    };

    for (let i = 0; i < STEPS; i += 1) {
      const person = random.pick(people) ?? first;
      const action = random.below(8);
      if (action < 5) edit(person);
      else if (action === 5 && person.isOnline) {
        person.goOffline();
        missed.get(person)?.clear();
      } else if (action === 6 && !person.isOnline) comeBack(person);
      else if (action === 7 && !person.isOnline) person.reload(nextId());
    }
    for (const person of people) if (!person.isOnline) comeBack(person);

    let echoes = 0;
    for (const person of people) {
      person.doc.on("update", () => {
        echoes += 1;
      });
      person.goOffline();
      person.goOnline();
      expect(contentOf(person.doc)).toEqual(contentOf(network.server));
    }
    expect(echoes, `echo in run ${seed}`).toBe(0);
  }
  console.log(
    `recorder: ${RUNS} offices, ${conflicts} conflicts on record, none missed, none false`,
  );
  expect(conflicts).toBeGreaterThan(RUNS * 3);
}, 300_000);
