/** Two tabs of one person and another person come back at the same moment, in every order. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { LIVE_REST_MS } from "../src/conflicts/recorder";
import { Random } from "./support/random";
import {
  NETWORK,
  RecorderNetwork,
  type RecordingReplica,
  rectangleGroups,
} from "./support/recorders";

const RUNS = Number(process.env.CANVAS_FUZZ_RUNS ?? 200);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** What is in the document of `replica` that the document of another lacks. */
function missing(replica: Y.Doc, other: Y.Doc): Uint8Array {
  return Y.encodeStateAsUpdate(replica, Y.encodeStateVector(other));
}

/** Coming back: the answer to what was missed, then what happens live, then the upload. */
function* comeBack(replica: RecordingReplica): Generator<void> {
  const { server } = replica.network;
  replica.isCatchingUp = true;
  replica.receive(missing(server, replica.doc));
  replica.isCatchingUp = false;
  yield;
  replica.receive(missing(server, replica.doc));
  yield;
  replica.receive(missing(server, replica.doc));
  replica.isOnline = true;
  replica.network.take(replica, missing(replica.doc, server));
}

function tellTab(from: RecordingReplica, to: RecordingReplica): void {
  Y.applyUpdate(to.doc, missing(from.doc, to.doc), NETWORK);
  if (to.isOnline) to.network.take(to, missing(to.doc, to.network.server));
}

function run(seed: number): unknown[] {
  const random = new Random(seed);
  const ids = [1, 2, 3, 4];
  const network = new RecorderNetwork();
  const join = (name: string) =>
    network.join(ids.splice(random.below(ids.length), 1)[0] ?? 0, name);
  const alice = join("Alice");
  alice.doc.getMap("elements").set("e", rectangleGroups());
  const [tab, otherTab, carol] = [join("Bob"), join("Bob"), join("Carol")];
  for (const one of [tab, otherTab]) one.goOffline();
  tab.set("pos", [1, 1]);
  tellTab(tab, otherTab);
  alice.set("pos", [2, 2]);
  carol.goOffline();
  carol.set("pos", [3, 3]); // knowing Alice's
  let coming = [tab, otherTab, carol].map(comeBack);
  while (coming.length > 0) {
    const next = coming[random.below(coming.length)];
    if (random.below(3) === 0)
      tellTab(...(random.below(2) ? ([tab, otherTab] as const) : ([otherTab, tab] as const)));
    else if (next?.next().done) coming = coming.filter((one) => one !== next);
  }
  tellTab(tab, otherTab);
  tellTab(otherTab, tab);
  for (let rest = 0; rest < 2; rest += 1) vi.advanceTimersByTime(LIVE_REST_MS + 1);
  return (alice.conflicts().get("e/pos")?.sides ?? []).map(({ value }) => value);
}

test("nobody's value is missing from the question", () => {
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const values = run(seed);
    for (const value of [
      [1, 1],
      [3, 3],
    ])
      expect(values, `seed ${seed}`).toContainEqual(value);
  }
});
