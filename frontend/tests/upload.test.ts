/** Large work goes out in pieces, each when the one before is acknowledged. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { Upload } from "../src/sync/upload";

const PIECE_BYTES = 500;
let sent: Uint8Array[];
let progress: (number | null)[];
let upload: Upload;
let server: Y.Doc;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  progress = [];
  server = new Y.Doc();
  upload = new Upload({
    send: (update) => sent.push(update),
    onProgress: (share) => progress.push(share),
    pieceBytes: PIECE_BYTES,
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function drawing(count: number): Y.Doc {
  const doc = new Y.Doc();
  draw(doc, 0, count);
  return doc;
}

function draw(doc: Y.Doc, from: number, to: number): void {
  doc.transact(() => {
    for (let at = from; at < to; at += 1) {
      doc.getMap("elements").set(`e${at}`, new Y.Map([["pos", [at, at]]]));
    }
  });
}

/** The server takes what has arrived and says what it holds. */
function acknowledge(): void {
  for (const update of sent.splice(0)) {
    Y.applyUpdate(server, update);
    expect(server.store.pendingStructs).toBeNull();
  }
  upload.onCommitted(Y.decodeStateVector(Y.encodeStateVector(server)));
}

function acknowledgeAll(): number {
  let rounds = 0;
  while (sent.length > 0) {
    acknowledge();
    rounds += 1;
  }
  return rounds;
}

test("sends one piece at a time and tells how far it is", () => {
  const doc = drawing(100);
  upload.answer(Y.encodeStateAsUpdate(doc));
  expect(sent).toHaveLength(1);
  expect(progress).toEqual([0]);
  acknowledge();
  expect(sent).toHaveLength(1);
  expect(acknowledgeAll()).toBeGreaterThan(3);
  expect(server.getMap("elements").size).toBe(100);
  expect(progress.at(-1)).toBeNull();
  const shares = progress.slice(0, -1) as number[];
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(Math.max(...shares)).toBeLessThan(1);
});

test("a small edit goes out at once, and is no progress to look at", () => {
  const doc = drawing(1);
  upload.answer(Y.encodeStateAsUpdate(doc));
  doc.on("update", (update: Uint8Array) => upload.add(update));
  draw(doc, 1, 2);
  draw(doc, 2, 3);
  expect(sent).toHaveLength(3);
  expect(progress).toEqual([]);
});

test("edits that are made meanwhile follow, a large paste among them", () => {
  const doc = drawing(50);
  upload.answer(Y.encodeStateAsUpdate(doc));
  doc.on("update", (update: Uint8Array) => upload.add(update));
  draw(doc, 50, 51);
  acknowledge();
  draw(doc, 51, 150);
  expect(sent).toHaveLength(1);
  acknowledgeAll();
  expect(server.getMap("elements").size).toBe(150);
});

test("a large paste alone is cut too", () => {
  const doc = drawing(1);
  upload.answer(Y.encodeStateAsUpdate(doc));
  acknowledge();
  doc.on("update", (update: Uint8Array) => upload.add(update));
  draw(doc, 1, 90);
  expect(sent.every(({ byteLength }) => byteLength <= PIECE_BYTES)).toBe(true);
  acknowledgeAll();
  expect(server.getMap("elements").size).toBe(90);
});

test("after a broken connection the rest follows what the server holds", () => {
  const doc = drawing(100);
  upload.answer(Y.encodeStateAsUpdate(doc));
  acknowledge();
  acknowledge();
  sent = []; // the piece on its way is lost
  upload.stop();
  expect(progress.at(-1)).toBeNull();
  draw(doc, 100, 101);
  expect(sent).toEqual([]);
  const arrived = server.getMap("elements").size;
  upload.answer(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server)));
  expect(arrived).toBeGreaterThan(0);
  acknowledgeAll();
  expect(server.getMap("elements").size).toBe(101);
});

test("a lost acknowledgement does not stop it for ever", () => {
  upload.answer(Y.encodeStateAsUpdate(drawing(100)));
  vi.advanceTimersByTime(20_000);
  expect(sent).toHaveLength(2);
});

test("before the server has asked nothing goes out: its question is answered with everything", () => {
  const doc = drawing(0);
  doc.on("update", (update: Uint8Array) => upload.add(update));
  draw(doc, 0, 5);
  expect(sent).toEqual([]);
});
