/** How wide texts are where there is no browser: letters, and pairs of letters. */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decompress } from "wawoff2";
import { kerningOf } from "../build/kerning.ts";
import { rangesOf, widthsOf } from "../build/sfnt.ts";
import { setFonts, textWidth } from "../src/drawn/fonts";

const FOLDER = "node_modules/@excalidraw/excalidraw/dist/prod/fonts/Excalifont";
const STACK = "Excalifont, Xiaolai, Segoe UI Emoji";

beforeAll(async () => {
  const files = [];
  for (const path of readdirSync(FOLDER)) {
    // One after the other: they share the memory that they are unpacked in.
    const font = Buffer.from(await decompress(readFileSync(`${FOLDER}/${path}`)));
    const metrics = {
      ranges: rangesOf(font),
      width: 0,
      widths: widthsOf(font),
      kerning: kerningOf(font),
    };
    files.push({ family: "Excalifont", name: path, ...metrics });
  }
  const chinese = { family: "Xiaolai", name: "Xiaolai 1", ranges: [32, 32, 0x4e00, 0x9fff] };
  setFonts([...files, { ...chinese, width: 1_000, widths: {} }]);
});

afterAll(() => setFonts([]));

test("texts are as wide as in Chromium at a size that hides no fraction", () => {
  // By `measureText` in Chromium, 2,000 pixels large.
  const seen = { "Hello World": 10_316, "AVATAR To Wave": 16_948, 'Tea. Yes, "Wo" r.': 15_798 };
  for (const [text, width] of Object.entries(seen))
    expect(textWidth(text, 2_000, STACK), text).toBeCloseTo(width, 0);
});

test("pairs in different files have no kerning, and Chinese characters are wide", () => {
  const one = textWidth("A", 1_000, STACK);
  expect(textWidth("A中A", 1_000, STACK)).toBeCloseTo(2 * one + 1_000);
  expect(textWidth("", 1_000, STACK)).toBe(0);
});
