import { readFileSync, writeFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { language, loadLanguage, t, tn } from "../src/i18n";
import { allWords, placeholders, wordsIn } from "./support/words";

const GERMAN = "src/i18n/de.json";

/** `npm run words`: sorts the catalogue, adds what is missing with no words, removes what is stale. */
if (process.env.UPDATE_WORDS) {
  const known = readCatalogue();
  const keys = [...allWords().keys].sort();
  const next = Object.fromEntries(keys.map((key) => [key, known[key] ?? ""]));
  writeFileSync(GERMAN, `${JSON.stringify(next, null, 2)}\n`);
}

function readCatalogue(): Record<string, string> {
  return JSON.parse(readFileSync(GERMAN, "utf8")) as Record<string, string>;
}

beforeEach(() => loadLanguage("en"));

test("every key is a plain string", () => {
  expect(allWords().unreadable).toEqual([]);
});

test("the German catalogue has every key and no other, in order (npm run words)", () => {
  expect(Object.keys(readCatalogue())).toEqual([...allWords().keys].sort());
});

test("every German text is there and fills in the same names", () => {
  for (const [key, text] of Object.entries(readCatalogue())) {
    expect(text.trim(), key).not.toBe("");
    expect(placeholders(text), key).toEqual(placeholders(key));
  }
});

test("the collector reads calls over several lines and tells what it cannot read", () => {
  const source =
    't("a") + tn(f(1, 2),\n  "one {n}",\n  "{n} b",\n) + t(name) + start(1) + x.t("no")';
  const { keys, unreadable } = wordsIn(source, "a.ts");
  expect([...keys]).toEqual(["a", "one {n}", "{n} b"]);
  expect(unreadable).toEqual(["a.ts:4"]);
});

test("words without a catalogue are English", async () => {
  await loadLanguage("tlh");
  expect(language()).toBe("en");
  expect(t("Kept {n} of {name}", { n: 2, name: "{n}" })).toBe("Kept 2 of {n}");
  expect(tn(1, "one change", "{n} changes")).toBe("one change");
  expect(tn(0, "one change", "{n} changes")).toBe("0 changes");
});

test("German words come from the catalogue, for every variant of German", async () => {
  await loadLanguage("de-AT");
  expect(language()).toBe("de");
  const [key, text] = Object.entries(readCatalogue()).find(([one]) => !one.includes("{")) ?? [];
  expect(t(key ?? "")).toBe(text);
});
