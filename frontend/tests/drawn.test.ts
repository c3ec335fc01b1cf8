/** What the server's drawing does besides the editor: fonts by pieces, colours of the dark theme, XML. */
import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { decompress } from "wawoff2";
import { rangesOf, renamed, widthsOf } from "../build/sfnt.ts";
import { inDark } from "../src/drawn/dark";
import { SvgNode } from "../src/drawn/dom";
import { type FontFile, filesOf, runsOf, setFonts, textWidth } from "../src/drawn/fonts";
import { textOf } from "../src/drawn/svg";

const FONTS = "node_modules/@excalidraw/excalidraw/dist/prod/fonts";

async function font(path: string): Promise<Buffer> {
  return Buffer.from(await decompress(readFileSync(`${FONTS}/${path}`)));
}

const LATIN: FontFile = {
  family: "Hand",
  name: "Hand 1",
  ranges: [32, 32, 97, 122],
  width: 600,
  widths: {},
};
const CHINESE: FontFile = {
  family: "Xiaolai",
  name: "Xiaolai 1",
  ranges: [32, 32, 0x4e00, 0x9fff],
  width: 1000,
  widths: {},
};
const PLAIN: FontFile = {
  family: "Liberation",
  name: "Liberation 1",
  ranges: [32, 126],
  width: 500,
  widths: { "98": 250 },
};

afterEach(() => setFonts([]));

test("a text is divided by the files that have its characters", () => {
  setFonts([LATIN, CHINESE, PLAIN]);
  const files = filesOf("Hand, Xiaolai, Segoe UI Emoji");
  expect(files.map(({ name }) => name)).toEqual(["Hand 1", "Xiaolai 1", "Liberation 1"]);
  expect(runsOf("ab 中 文c A\u0301!🙂", files)).toEqual([
    { text: "ab ", font: "Hand 1" },
    { text: "中 文", font: "Xiaolai 1" },
    { text: "c ", font: "Hand 1" },
    { text: "A\u0301!", font: "Liberation 1" },
    { text: "🙂", font: null },
  ]);
  expect(textWidth("ab", 10)).toBe(7.5);
});

test("a font keeps its letters under another name", async () => {
  const original = await font("Liberation/LiberationSans-Regular.woff2");
  const other = renamed(original, "Liberation 1");
  expect(rangesOf(other)).toEqual(rangesOf(original));
  expect(other.includes(Buffer.from("Liberation 1", "utf16le").swap16())).toBe(true);
  expect(other.includes(Buffer.from("Liberation Sans", "utf16le").swap16())).toBe(false);
  const widths = widthsOf(original);
  expect([widths["32"], widths["65"], widths["109"]]).toEqual([278, 667, 833]);
});

test("a colour is as the filter of the dark theme shows it", () => {
  expect(inDark("#ffffff")).toBe("#121212");
  expect(inDark("#000")).toBe("#ededed");
  expect(inDark("#ff000080")).toMatch(/^#f[0-9a-f]{5}80$/);
  expect(inDark("url(#a)")).toBeNull();
});

test("what is not listed is not written", () => {
  const root = new SvgNode("svg");
  root.setAttribute("onload", "alert(1)");
  root.setAttribute("fill", "url(//evil.example)");
  root.setAttribute("mask", "url(#own)");
  const text = new SvgNode("text");
  text.textContent = 'a\u0000\ud800<b> & "c"';
  root.appendChild(text);
  expect(textOf(root)).toBe('<svg mask="url(#own)"><text>a&lt;b&gt; &amp; "c"</text></svg>');
  root.appendChild(new SvgNode("script"));
  expect(() => textOf(root)).toThrow();
});
