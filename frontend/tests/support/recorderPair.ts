/** Alice and Bob at one element `e`, online, each with a recorder; new for every test. */
import { afterEach, beforeEach, expect, vi } from "vitest";
import { contentOf, RecorderNetwork, type RecordingReplica, rectangleGroups } from "./recorders";

/** Client ids in both orders: which value wins in Yjs depends on them. */
export const BOTH_ORDERS = [
  [1, 2],
  [2, 1],
] as const;

export let network: RecorderNetwork;
export let alice: RecordingReplica;
export let bob: RecordingReplica;

/** To be called in `describe`. */
export function setUpPair(idOfAlice: number, idOfBob: number): void {
  beforeEach(() => {
    vi.useFakeTimers();
    network = new RecorderNetwork();
    alice = network.join(idOfAlice, "Alice");
    alice.doc.getMap("elements").set("e", rectangleGroups());
    bob = network.join(idOfBob, "Bob");
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

export function expectSame(): void {
  expect(contentOf(bob.doc)).toEqual(contentOf(alice.doc));
  expect(contentOf(network.server)).toEqual(contentOf(alice.doc));
}

/** Both write before either has the other's value; Alice's reaches the server first. */
export function race(first: () => void, second: () => void): void {
  const held: [RecordingReplica, Uint8Array][] = [];
  const spy = vi.spyOn(network, "take").mockImplementation((author, update) => {
    held.push([author, update]);
  });
  first();
  second();
  spy.mockRestore();
  for (const [author, update] of held) network.take(author, update);
}
