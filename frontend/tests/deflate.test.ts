import { deflateSync, inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { deflate, inflate } from "../src/files/deflate";

const TEXT = JSON.stringify({
  type: "excalidraw",
  texts: ["Größe", "计划", "🎈", "a".repeat(70_000)],
});

test("what it packs, others unpack", () => {
  expect(inflateSync(deflate(TEXT)).toString("utf8")).toBe(TEXT);
});

test("what others packed, at any level, it unpacks", () => {
  for (const level of [0, 1, 6, 9]) expect(inflate(deflateSync(TEXT, { level }))).toBe(TEXT);
});

test("anything else is refused", () => {
  expect(() => inflate(new TextEncoder().encode("no drawing at all"))).toThrow();
  expect(() => inflate(new Uint8Array())).toThrow();
  expect(() => inflate(deflateSync(TEXT).subarray(0, 40))).toThrow();
});
