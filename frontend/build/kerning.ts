/**
 * How much closer two letters stand than their widths say, by the feature `kern` of a font in the
 * format of OpenType: tables GPOS (lookups of type 2) and GDEF are described in its specification.
 */
import { glyphsOf, table } from "./sfnt.ts";

const PAIRS = 2;
const EXTENSION = 9;
const X_ADVANCE = 4;

/** What a subtable says of two glyphs; `null` when it says nothing and the next one is asked. */
type Pairs = (first: number, second: number) => number | null;

/**
 * For each code point, by the code point after it: what is added to the width of the two, in
 * thousandths of the font's size. Pairs without kerning are left out.
 */
export function kerningOf(font: Buffer): Record<string, Record<string, number>> {
  const lookups = kernLookups(table(font, "GPOS"));
  const unit = table(font, "head").readUInt16BE(18) / 1000;
  const glyphs = [...glyphsOf(font)];
  const kerning: Record<string, Record<string, number>> = {};
  for (const [code, first] of glyphs) {
    const own: Record<string, number> = {};
    for (const [next, second] of glyphs) {
      const units = lookups.reduce((sum, lookup) => sum + said(lookup, first, second), 0);
      if (units !== 0) own[String(next)] = Math.round((units / unit) * 10) / 10;
    }
    if (Object.keys(own).length > 0) kerning[String(code)] = own;
  }
  return kerning;
}

function said(lookup: readonly Pairs[], first: number, second: number): number {
  for (const pairs of lookup) {
    const units = pairs(first, second);
    if (units !== null) return units;
  }
  return 0;
}

function kernLookups(gpos: Buffer): Pairs[][] {
  const features = gpos.subarray(gpos.readUInt16BE(6));
  const wanted = new Set<number>();
  for (let at = 0; at < features.readUInt16BE(0); at += 1) {
    const entry = 2 + at * 6;
    if (features.toString("latin1", entry, entry + 4) !== "kern") continue;
    const feature = features.subarray(features.readUInt16BE(entry + 4));
    for (const lookup of numbersIn(feature, 2)) wanted.add(lookup);
  }
  const list = gpos.subarray(gpos.readUInt16BE(8));
  const offsets = numbersIn(list, 0);
  return [...wanted].sort((a, b) => a - b).map((at) => pairsIn(list.subarray(offsets[at])));
}

function pairsIn(lookup: Buffer): Pairs[] {
  const type = lookup.readUInt16BE(0);
  return numbersIn(lookup, 4).flatMap((offset) => {
    const part = lookup.subarray(offset);
    if (type === PAIRS) return [pairsOf(part)];
    const isPairs = type === EXTENSION && part.readUInt16BE(2) === PAIRS;
    return isPairs ? [pairsOf(part.subarray(part.readUInt32BE(4)))] : [];
  });
}

function pairsOf(part: Buffer): Pairs {
  const covered = coverageOf(part.subarray(part.readUInt16BE(2)));
  const [format, other] = [part.readUInt16BE(4), part.readUInt16BE(6)];
  // The values that stand before the one that is wanted.
  const before = 2 * bitsIn(format & (X_ADVANCE - 1));
  const size = 2 * (bitsIn(format) + bitsIn(other));
  const advance = (at: number) => (format & X_ADVANCE ? part.readInt16BE(at + before) : 0);
  if (part.readUInt16BE(0) === 1) return listedPairs(part, covered, size, advance);
  const firsts = classesOf(part.subarray(part.readUInt16BE(8)));
  const seconds = classesOf(part.subarray(part.readUInt16BE(10)));
  const count = part.readUInt16BE(14);
  return (first, second) => {
    if (!covered.has(first)) return null;
    const record = (firsts.get(first) ?? 0) * count + (seconds.get(second) ?? 0);
    return advance(16 + record * size);
  };
}

function listedPairs(
  part: Buffer,
  covered: ReadonlyMap<number, number>,
  size: number,
  advance: (at: number) => number,
): Pairs {
  const sets = numbersIn(part, 8);
  return (first, second) => {
    const set = sets[covered.get(first) ?? -1];
    if (set === undefined) return null;
    for (let at = 0; at < part.readUInt16BE(set); at += 1) {
      const entry = set + 2 + at * (2 + size);
      if (part.readUInt16BE(entry) === second) return advance(entry + 2);
    }
    return null;
  };
}

/** Glyphs, and the place of each among those that are covered. */
function coverageOf(part: Buffer): Map<number, number> {
  const count = part.readUInt16BE(2);
  const covered = new Map<number, number>();
  if (part.readUInt16BE(0) === 1) {
    for (const [at, glyph] of numbersIn(part, 2).entries()) covered.set(glyph, at);
    return covered;
  }
  for (let at = 0; at < count; at += 1) {
    const [start, end] = [part.readUInt16BE(4 + at * 6), part.readUInt16BE(6 + at * 6)];
    const first = part.readUInt16BE(8 + at * 6);
    for (let glyph = start; glyph <= end; glyph += 1) covered.set(glyph, first + glyph - start);
  }
  return covered;
}

function classesOf(part: Buffer): Map<number, number> {
  const classes = new Map<number, number>();
  if (part.readUInt16BE(0) === 1) {
    const start = part.readUInt16BE(2);
    for (const [at, one] of numbersIn(part, 4).entries()) classes.set(start + at, one);
    return classes;
  }
  for (let at = 0; at < part.readUInt16BE(2); at += 1) {
    const [start, end] = [part.readUInt16BE(4 + at * 6), part.readUInt16BE(6 + at * 6)];
    for (let glyph = start; glyph <= end; glyph += 1)
      classes.set(glyph, part.readUInt16BE(8 + at * 6));
  }
  return classes;
}

/** A list of numbers that begins with its length. */
function numbersIn(part: Buffer, at: number): number[] {
  const count = part.readUInt16BE(at);
  return Array.from({ length: count }, (_, index) => part.readUInt16BE(at + 2 + index * 2));
}

function bitsIn(value: number): number {
  return value.toString(2).replaceAll("0", "").length;
}
