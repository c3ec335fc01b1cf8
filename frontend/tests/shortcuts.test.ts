import { expect, test } from "vitest";
import { BOARD_KEYS, helpSections, STAGE_KEYS } from "../src/keys/shortcuts";

test("no key means two things", () => {
  const keys = [Object.values(BOARD_KEYS), Object.values(STAGE_KEYS).flat()];
  for (const one of keys) expect(new Set<string>(one).size).toBe(one.length);
});

test("the help shows what somebody may do, with the keys that do it", () => {
  const titles = (may: { edit: boolean; comment: boolean }) =>
    helpSections(may, "Ctrl").map((section) => section.title);
  expect(titles({ edit: false, comment: false })).not.toContain("Drawing");
  const [board] = helpSections({ edit: true, comment: true }, "Ctrl");
  expect(board?.rows).toContainEqual(["Comment on something", "C"]);
  expect(board?.rows).toContainEqual(["List of comments", "Shift", "C"]);
});
