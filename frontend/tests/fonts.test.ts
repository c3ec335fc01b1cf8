import { expect, test } from "vitest";
import { subsetToBase64 } from "../src/fonts/whole";
import { needsXiaolai } from "../src/fonts/xiaolai";

test("a font of any size is embedded whole", async () => {
  const font = Uint8Array.from({ length: 300_001 }, (_, i) => i % 251);
  const url = await subsetToBase64(font.buffer);
  const prefix = "data:font/woff2;base64,";
  expect(url.startsWith(prefix)).toBe(true);
  expect(Uint8Array.from(Buffer.from(url.slice(prefix.length), "base64"))).toEqual(font);
});

test.each(["你好", "こんにちは", "カタカナ", "안녕", "a，b", "mixed 文 text"])(
  "%s is written by hand",
  (text) => {
    expect(needsXiaolai(text)).toBe(true);
  },
);

test.each(["", "hello", "Größe", "привет", "→ 3 × 4 🎉"])("%s needs no other font", (text) => {
  expect(needsXiaolai(text)).toBe(false);
});
