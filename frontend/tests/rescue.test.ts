/** Work under a client id that somebody else has taken comes back under a new one. */
import { beforeEach, expect, test } from "vitest";
import * as Y from "yjs";
import type { Json } from "../src/canvas/groups";
import { decodeRecord } from "../src/conflicts/record";
import { collectWork, isForeign, redoWork, sizeOfWork } from "../src/sync/rescue";
import { raise, type StateVector } from "../src/sync/saved";

const ALICE = { id: "1", name: "Alice" };
let server: Y.Doc;
let page: Y.Doc;
let committed: StateVector;

/** The page knows an element that Bob made. */
beforeEach(() => {
  server = new Y.Doc();
  server.clientID = 9;
  server.getMap("elements").set("e", element({ pos: [0, 0], strokeColor: "#000" }));
  server.getMap("authors").set("9", { user: "2", name: "Bob" });
  page = new Y.Doc();
  page.clientID = 5;
  committed = new Map();
  receive(Y.encodeStateAsUpdate(server));
});

function element(groups: Record<string, Json>): Y.Map<unknown> {
  return new Y.Map<unknown>([["type", "rectangle"], ...Object.entries(groups)]);
}

function map(doc: Y.Doc, id: string): Y.Map<Json> {
  return doc.getMap("elements").get(id) as Y.Map<Json>;
}

function receive(update: Uint8Array): void {
  Y.applyUpdate(page, update);
  raise(committed, Y.parseUpdateMeta(update).to);
}

/** The answer to a question in which the page leaves out what is not saved. */
function answer(): Uint8Array {
  const vector = Y.decodeStateVector(Y.encodeStateVector(page));
  for (const client of vector.keys()) vector.set(client, committed.get(client) ?? 0);
  return Y.encodeStateAsUpdate(server, Y.encodeStateVector(vector));
}

/** Somebody writes on the server under an id that is not theirs. */
function takeOver(clientId: number, write: (doc: Y.Doc) => void): void {
  const thief = new Y.Doc();
  Y.applyUpdate(thief, Y.encodeStateAsUpdate(server));
  thief.clientID = clientId;
  write(thief);
  Y.applyUpdate(server, Y.encodeStateAsUpdate(thief));
}

const junk = (doc: Y.Doc) => {
  for (let at = 0; at < 20; at += 1) doc.getMap("meta").set(`junk${at}`, at);
};

test("what came back of one's own is one's own, also when others have written over it", () => {
  map(page, "e").set("pos", [1, 1]);
  page.getMap("elements").set("mine", element({ pos: [2, 2] }));
  expect(isForeign(page, answer(), committed)).toBe(false);
  Y.applyUpdate(server, Y.encodeStateAsUpdate(page));
  expect(isForeign(page, answer(), committed)).toBe(false);
  map(server, "e").set("pos", [3, 3]);
  server.getMap("elements").delete("mine");
  expect(isForeign(page, answer(), committed)).toBe(false);
});

test("what somebody else has written in its place is foreign", () => {
  map(page, "e").set("pos", [1, 1]);
  takeOver(5, junk);
  expect(isForeign(page, answer(), committed)).toBe(true);
});

test("also when it differs in the value alone, or in the element", () => {
  map(page, "e").set("pos", [1, 1]);
  page.getMap("elements").set("mine", element({ pos: [2, 2] }));
  takeOver(5, (doc) => map(doc, "e").set("pos", [6, 6]));
  expect(isForeign(page, answer(), committed)).toBe(true);
});

test("what stands in the same place is one's own, also when its value is gone", () => {
  page.getMap("elements").set("mine", element({ pos: [2, 2] }));
  takeOver(5, (doc) => {
    doc.getMap("elements").set("mine", element({ pos: [2, 2] }));
    doc.getMap("elements").delete("mine");
  });
  const gone = Y.encodeStateAsUpdate(server);
  expect(isForeign(page, gone, committed)).toBe(false); // its place is the same: proof enough
});

test("saved work under the same id does not matter", () => {
  takeOver(5, junk);
  receive(answer());
  expect(isForeign(page, Y.encodeStateAsUpdate(server), committed)).toBe(false);
});

test("the work is done again on what the server has, under another id and name", () => {
  page.getMap("elements").set("mine", element({ pos: [2, 2] }));
  map(page, "e").set("angle", 1);
  map(page, "e").set("del", { by: "0", at: 7 });
  page.getMap("meta").set("viewBackgroundColor", "#eee");
  takeOver(5, junk);
  const work = JSON.parse(JSON.stringify(collectWork(page, committed)));
  expect(sizeOfWork(work)).toBe(3);

  const fresh = new Y.Doc();
  fresh.clientID = 6;
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(server));
  redoWork(fresh, work, ALICE, 4_000_000);
  Y.applyUpdate(server, Y.encodeStateAsUpdate(fresh));
  expect(map(server, "mine").toJSON()).toEqual({ type: "rectangle", pos: [2, 2] });
  expect(map(server, "e").toJSON()).toMatchObject({ angle: 1, del: { by: "1", at: 7 } });
  expect(server.getMap("meta").get("viewBackgroundColor")).toBe("#eee");
  expect(server.getMap("authors").get("6")).toEqual({ user: "1", name: "Alice" });
  const before = Y.encodeStateVector(fresh);
  redoWork(fresh, { ...work, known: [] }, ALICE, 4_000_000);
  expect(Y.decodeStateVector(Y.encodeStateVector(fresh)).size).toBe(
    Y.decodeStateVector(before).size,
  );
  expect(server.getMap("conflicts").size).toBe(0);
});

test("people are asked where others changed the same meanwhile", () => {
  map(page, "e").set("pos", [1, 1]);
  map(page, "e").set("strokeColor", "#f00");
  const work = collectWork(page, committed);
  map(server, "e").set("pos", [8, 8]);
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(server));
  redoWork(fresh, work, ALICE, 4_000_000);
  expect(map(fresh, "e").toJSON()).toMatchObject({ pos: [1, 1], strokeColor: "#f00" });
  const conflicts = fresh.getMap("conflicts");
  expect([...conflicts.keys()]).toEqual(["e/pos"]);
  const record = decodeRecord("e/pos", conflicts.get("e/pos"));
  expect(record?.sides.map(({ name, value }) => [name, value])).toEqual([
    ["Bob", [8, 8]],
    ["Alice", [1, 1]],
  ]);
});

test("an element that was removed for good meanwhile comes back whole", () => {
  map(page, "e").set("pos", [1, 1]);
  const work = collectWork(page, committed);
  const fresh = new Y.Doc();
  redoWork(fresh, work, ALICE, 4_000_000);
  expect(map(fresh, "e").toJSON()).toMatchObject({ type: "rectangle", pos: [1, 1] });
});
