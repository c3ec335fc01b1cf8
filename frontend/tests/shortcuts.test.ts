import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import {
  BOARD_KEYS,
  helpSections,
  LIST_KEYS,
  NOTE_KEYS,
  STAGE_KEYS,
  shortcutText,
} from "../src/keys/shortcuts";

test("no key means two things", () => {
  const keys = [BOARD_KEYS, STAGE_KEYS, LIST_KEYS, NOTE_KEYS].map((of) => Object.values(of).flat());
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

test("the help has a row for each key of the board", () => {
  const [board] = helpSections({ edit: true, comment: true }, "Ctrl");
  const shown = board?.rows.map(([, ...keys]) => keys.join("+"));
  for (const key of Object.values(BOARD_KEYS)) expect(shown).toContain(shortcutText(key, "Ctrl"));
  expect(shortcutText(BOARD_KEYS.print, "Ctrl")).toBe("Ctrl+P");
  expect(shortcutText(BOARD_KEYS.present, "Ctrl")).toBe("Shift+P");
  const [viewer] = helpSections({ edit: false, comment: false }, "Ctrl");
  expect(viewer?.rows).toHaveLength((board?.rows.length ?? 0) - 1);
});

test("the list of boards tells which keys it has", async () => {
  const page = await readFile("../templates/boards/home.html", "utf8");
  const told = [...page.matchAll(/aria-keyshortcuts="(.)"/g)].map(([, key]) => key);
  expect(told.sort()).toEqual([LIST_KEYS.create, LIST_KEYS.search].sort());
});

test("the help has the keys of notes for those who may make some", () => {
  const rows = helpSections({ edit: true, comment: true }, "Ctrl").flatMap((one) => one.rows);
  const shown = rows.map(([, ...keys]) => keys.join("+"));
  for (const key of Object.values(NOTE_KEYS)) expect(shown).toContain(shortcutText(key, "Ctrl"));
  const viewer = helpSections({ edit: false, comment: true }, "Ctrl").flatMap((one) => one.rows);
  expect(viewer.map(([what]) => what)).not.toContain("Note");
});
