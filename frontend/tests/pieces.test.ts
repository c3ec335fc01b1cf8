/** Work of any size goes out in pieces; each fits on what the other side then holds. */
import { expect, test } from "vitest";
import * as Y from "yjs";
import { split } from "../src/sync/pieces";
import { Random } from "./support/random";

const RUNS = Number(process.env.CANVAS_FUZZ_RUNS ?? 150);

/** Several people who write, delete and hear from each other in any order. */
function someDocument(random: Random): Y.Doc {
  const docs = Array.from({ length: 1 + random.below(4) }, (_, index) => {
    const doc = new Y.Doc();
    doc.clientID = 1 + ((index * 7919 + random.below(1000)) % 2 ** 31);
    return doc;
  });
  for (let step = 0; step < 20 + random.below(80); step += 1) {
    const doc = random.pick(docs) as Y.Doc;
    const elements = doc.getMap<Y.Map<unknown>>("elements");
    const id = `e${random.below(8)}`;
    doc.transact(() => {
      const known = elements.get(id);
      const [isAgain, isGone] = [random.chance(6), random.chance(6)];
      if (!known || isAgain) elements.set(id, new Y.Map([["type", "rectangle"]]));
      else if (isGone) elements.delete(id);
      else known.set(`k${random.below(4)}`, random.chance(9) ? "x".repeat(700) : random.below(99));
    });
    if (random.chance(3)) {
      const other = random.pick(docs) as Y.Doc;
      Y.applyUpdate(other, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)));
    }
  }
  const whole = docs[0] as Y.Doc;
  for (const doc of docs) Y.applyUpdate(whole, Y.encodeStateAsUpdate(doc));
  return whole;
}

/** Takes every piece as the server does: it has to fit on what is there. */
function takeAll(pieces: readonly Uint8Array[], doc = new Y.Doc()): Y.Doc {
  for (const piece of pieces) {
    Y.applyUpdate(doc, piece);
    expect(doc.store.pendingStructs).toBeNull();
    expect(doc.store.pendingDs).toBeNull();
  }
  return doc;
}

function structsIn(update: Uint8Array): number {
  return Y.decodeUpdate(update).structs.length;
}

test("pieces stay below the limit, never wait for each other, and make the whole", () => {
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = new Random(seed);
    const doc = someDocument(random);
    const whole = Y.encodeStateAsUpdate(doc);
    const limit = 60 + random.below(600);
    const pieces = split(whole, limit);
    for (const piece of pieces) {
      const isSmall = piece.byteLength <= limit || structsIn(piece) === 1;
      expect(isSmall, `seed ${seed}`).toBe(true);
    }
    const copy = takeAll(pieces);
    expect(Y.encodeStateVector(copy), `seed ${seed}`).toEqual(Y.encodeStateVector(doc));
    const content = doc.getMap("elements").toJSON();
    expect(copy.getMap("elements").toJSON(), `seed ${seed}`).toEqual(content);
  }
});

test("what is beyond somebody's state fits on that state", () => {
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = new Random(seed);
    const doc = someDocument(random);
    const behind = new Y.Doc();
    Y.applyUpdate(behind, split(Y.encodeStateAsUpdate(doc), 400)[0] as Uint8Array);
    const missing = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(behind));
    const copy = takeAll(split(missing, 60 + random.below(300)), behind);
    expect(copy.getMap("elements").toJSON()).toEqual(doc.getMap("elements").toJSON());
  }
});

test("one value above the limit is a piece of its own", () => {
  const doc = new Y.Doc();
  doc.getMap("elements").set("a", new Y.Map([["text", "x".repeat(5000)]]));
  doc.getMap("elements").set("b", new Y.Map([["pos", [1, 2]]]));
  const pieces = split(Y.encodeStateAsUpdate(doc), 1000);
  expect(pieces.filter((piece) => piece.byteLength > 1000)).toHaveLength(1);
  expect(takeAll(pieces).getMap("elements").toJSON()).toEqual(doc.getMap("elements").toJSON());
});

test("deletions without end are cut as well", () => {
  const doc = new Y.Doc();
  doc.gc = false;
  const map = doc.getMap<number>("meta");
  for (let at = 0; at < 400; at += 1) map.set(`k${at % 40}`, at);
  for (let at = 0; at < 40; at += 3) map.delete(`k${at}`);
  const pieces = split(Y.encodeStateAsUpdate(doc), 200);
  expect(pieces.every((piece) => piece.byteLength <= 200)).toBe(true);
  expect(takeAll(pieces).getMap("meta").toJSON()).toEqual(map.toJSON());
});

test("a hole in what several updates make is no part of a run", () => {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update) => updates.push(update));
  for (let at = 0; at < 9; at += 1) doc.getMap("meta").set(`k${at}`, "x".repeat(40));
  const holed = Y.mergeUpdates(updates.filter((_, at) => at !== 4));
  const copy = new Y.Doc();
  Y.applyUpdate(copy, updates[4] as Uint8Array);
  for (const piece of split(holed, 100)) Y.applyUpdate(copy, piece);
  expect(copy.getMap("meta").toJSON()).toEqual(doc.getMap("meta").toJSON());
});
