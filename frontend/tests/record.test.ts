import { expect, test } from "vitest";
import { type ConflictRecord, mergeRecords } from "../src/conflicts/record";

const record = (batch: string, ids: readonly string[]): ConflictRecord => ({
  element: "e",
  group: "pos",
  at: batch.length,
  batch,
  sides: ids.map((id) => ({ id, user: null, name: "Guest", value: id })),
  shown: ids[0] ?? "",
  edited: [batch],
});

test("two records become the same one whichever is which, and joining again changes nothing", () => {
  const [one, other] = [record("bb", ["3:1", "1:1"]), record("a", ["2:1", "1:4"])];
  const joint = mergeRecords(one, other);
  expect(mergeRecords(other, one)).toEqual(joint);
  expect(mergeRecords(joint, one)).toEqual(joint);
  expect(mergeRecords(other, joint)).toEqual(joint);
  expect(joint.sides.map(({ id }) => id)).toEqual(["1:4", "2:1", "3:1"]);
});
