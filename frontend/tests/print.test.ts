/** Lines of a picture for a renderer that is no browser: in pieces, each in its place. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SvgNode } from "../src/drawn/dom";
import { type FontFile, filesOf, runsOf, setFonts } from "../src/drawn/fonts";
import { prepareForPrint } from "../src/drawn/print";
import { segmentsOf } from "../src/drawn/segments";
import { nodesOf } from "../src/drawn/svg";

const file = (family: string, width: number, ...ranges: number[]): FontFile => ({
  family,
  name: `${family} 1`,
  ranges,
  width,
  widths: {},
});

beforeAll(() =>
  setFonts([
    file("Hand", 500, 32, 126),
    file("Xiaolai", 1000, 0x4e00, 0x9fff),
    file("Assistant", 600, 0x5d0, 0x5ea),
    file("Noto Color Emoji", 1250, 0x2764, 0x2764, 0x1f000, 0x1faff),
  ]),
);
afterAll(() => setFonts([]));

/** Each piece of a line: its text, its font, and where it begins. */
function printed(line: string, attributes: Record<string, string> = {}) {
  const [root, text] = [new SvgNode("svg"), new SvgNode("text")];
  const all = { x: "100", "font-size": "10px", "font-family": "Hand, Xiaolai", ...attributes };
  for (const [name, value] of Object.entries(all)) text.setAttribute(name, value);
  text.textContent = line;
  root.appendChild(text);
  prepareForPrint(root);
  const pieces = [...nodesOf(text, "tspan")].map((span) => [
    span.textContent,
    span.getAttribute("font-family"),
    span.getAttribute("x") === null ? null : Number(span.getAttribute("x")),
  ]);
  return { anchor: text.getAttribute("text-anchor"), pieces };
}

describe("a line that is printed", () => {
  it("stays as it is in one font", () => {
    expect(printed("Hello", { "text-anchor": "middle" })).toEqual({
      anchor: "middle",
      pieces: [["Hello", "'Hand 1'", null]],
    });
  });

  it.each([
    ["start", 100],
    ["middle", 100 - 25 / 2],
    ["end", 100 - 25],
  ])("has each piece where the one before ends: %s", (anchor, x) => {
    expect(printed("ab中c", { "text-anchor": anchor })).toEqual({
      anchor: "start",
      pieces: [
        ["ab", "'Hand 1'", x],
        ["中", "'Xiaolai 1'", x + 10],
        ["c", "'Hand 1'", x + 20],
      ],
    });
  });

  it("takes spaces from the font that has them", () => {
    const { pieces } = printed("中 a");
    expect(pieces).toEqual([
      ["中 ", "'Xiaolai 1'", 100],
      ["a", "'Hand 1'", 115],
    ]);
  });

  it("is read from the right where it says so", () => {
    expect(printed("שלום 12", { direction: "rtl", "text-anchor": "start" })).toEqual({
      anchor: "start",
      pieces: [
        [" 12", "'Hand 1'", 100 - 39],
        ["שלום", "'Assistant 1'", 100 - 24],
      ],
    });
  });
});

it("an emoji of several characters is one, and as wide as one", () => {
  const family = "👨\u200d👩\u200d👧";
  expect(runsOf(`a${family}👍🏽❤\ufe0fb`, filesOf("Hand"))).toEqual([
    { text: "a", font: "Hand 1" },
    { text: `${family}👍🏽❤\ufe0f`, font: "Noto Color Emoji 1" },
    { text: "b", font: "Hand 1" },
  ]);
  const { pieces } = printed(`${family}👍🏽b`);
  expect(pieces.map(([, , x]) => x)).toEqual([100, 125]);
});

it("segments stand in the order in which they are seen", () => {
  const texts = (line: string, isRtl: boolean) => segmentsOf(line, isRtl).map(({ text }) => text);
  expect(texts("abc", false)).toEqual(["abc"]);
  expect(texts("abc", true)).toEqual(["abc"]);
  expect(texts("a שלום, עולם! b", false)).toEqual(["a ", "שלום, עולם", "! b"]);
  expect(texts("a שלום, עולם! b", true)).toEqual(["! b", "שלום, עולם", "a "]);
  expect(texts("مرحبا 25 سعر", true)).toEqual(["سعر", " 25 ", "مرحبا"]);
  expect(texts("", true)).toEqual([]);
});
