import { expect, test } from "vitest";
import { findHere } from "../src/search/words";

const texts = [
  { id: "a", text: "Das Büro ist groß\nund hell" },
  { id: "b", text: "会议记录" },
  { id: "c", text: "Budget" },
];
const shown = (typed: string) =>
  findHere(texts, typed).map(({ id, parts }) => [
    id,
    parts.map(({ text, is_match }) => (is_match ? `[${text}]` : text)).join(""),
  ]);

test("what is on the board is found without case and accents, with the place marked", () => {
  expect(shown("BURO")).toEqual([["a", "Das [Büro] ist groß\nund hell"]]);
  expect(shown("议记")).toEqual([["b", "会[议记]录"]]);
  expect(shown("hell das")).toEqual([["a", "[Das] Büro ist groß\nund hell"]]);
});

test("all of the words have to be there, and nothing typed finds nothing", () => {
  expect(shown("büro budget")).toEqual([]);
  expect(shown(" !? ")).toEqual([]);
});
