/** Colours of people: one each, the same everywhere, and to be seen. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { COLOURS, colourOf, hueOf, MARKS } from "../src/people";

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("are seen on white, and carry the dark text of a name", () => {
  for (const colour of COLOURS) {
    expect(contrast(colour, "#ffffff"), colour).toBeGreaterThan(3);
    expect(contrast(colour, "#1e1e1e"), colour).toBeGreaterThan(4.5);
  }
});

test("are seen on the dark canvas, where they are not inverted", () => {
  for (const colour of COLOURS) expect(contrast(colour, "#121212"), colour).toBeGreaterThan(3);
});

test("are the same in the style sheet", () => {
  const css = readFileSync("src/styles/controls.css", "utf8");
  const found = [...css.matchAll(/\.hue-(\d+) \{\s*--person: (#[0-9a-f]{6});/g)];
  expect(found.map(([, hue, colour]) => [Number(hue), colour])).toEqual([...COLOURS.entries()]);
});

test("are the server's, and those of marks are nobody's", () => {
  // As in accounts/tests/test_account_page.py.
  expect(hueOf("1")).toBe(873_244_444 % 12);
  expect(COLOURS).toContain(colourOf("1"));
  for (const mark of Object.values(MARKS)) {
    expect(COLOURS).not.toContain(colourOf(mark));
    expect(contrast(colourOf(mark), "#ffffff")).toBeGreaterThan(3);
  }
});
