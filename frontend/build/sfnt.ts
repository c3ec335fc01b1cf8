/** Reads and changes fonts in the format of OpenType, as far as drawing on the server needs it. */

interface Table {
  readonly tag: string;
  readonly data: Buffer;
}

const HEAD_BYTES = 12;
const ENTRY_BYTES = 16;
const MAGIC = 0xb1b0afba;

/** First and last code point of each range of characters that a font has, in order. */
export function rangesOf(font: Buffer): number[] {
  const codes = [...glyphsOf(font).keys()].sort((a, b) => a - b);
  const ranges: number[] = [];
  for (const code of codes) {
    if (ranges.at(-1) === code - 1) ranges[ranges.length - 1] = code;
    else ranges.push(code, code);
  }
  return ranges;
}

/** The width of each character in thousandths of the font's size. */
export function widthsOf(font: Buffer): Record<string, number> {
  const metrics = table(font, "hmtx");
  const count = table(font, "hhea").readUInt16BE(34);
  const unit = table(font, "head").readUInt16BE(18) / 1000;
  const entries = [...glyphsOf(font)].map(([code, glyph]) => {
    const width = metrics.readUInt16BE(4 * Math.min(glyph, count - 1));
    return [String(code), Math.round(width / unit)] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * The font under another name: renderers find fonts by it, and know no ranges of characters. Letters
 * that it has as SVG too, as those of emoji, are left to their other form.
 */
export function renamed(font: Buffer, family: string): Buffer {
  const tables = tablesOf(font)
    .filter(({ tag }) => tag !== "SVG ")
    .map((one) => (one.tag === "name" ? { tag: "name", data: namesOf(family) } : one));
  return written(font.readUInt32BE(0), tables);
}

function tablesOf(font: Buffer): Table[] {
  const count = font.readUInt16BE(4);
  return Array.from({ length: count }, (_, at) => {
    const entry = HEAD_BYTES + at * ENTRY_BYTES;
    const start = font.readUInt32BE(entry + 8);
    const data = font.subarray(start, start + font.readUInt32BE(entry + 12));
    return { tag: font.toString("latin1", entry, entry + 4), data };
  });
}

/** The bytes of a table. Throws for one that the font does not have. */
export function table(font: Buffer, tag: string): Buffer {
  const found = tablesOf(font).find((one) => one.tag === tag);
  if (!found) throw new Error(`The font has no table ${tag}.`);
  return found.data;
}

/** Glyphs by code point, from the Unicode tables of formats 4 and 12. */
export function glyphsOf(font: Buffer): Map<number, number> {
  const cmap = table(font, "cmap");
  const glyphs = new Map<number, number>();
  for (let at = 0; at < cmap.readUInt16BE(2); at += 1) {
    const platform = cmap.readUInt16BE(4 + at * 8);
    const part = cmap.subarray(cmap.readUInt32BE(8 + at * 8));
    const format = part.readUInt16BE(0);
    if (platform !== 0 && platform !== 3) continue;
    if (format === 4) readSegments(part, glyphs);
    else if (format === 12) readGroups(part, glyphs);
  }
  return glyphs;
}

function readSegments(part: Buffer, glyphs: Map<number, number>): void {
  const bytes = part.readUInt16BE(6);
  for (let at = 0; at < bytes; at += 2) {
    const end = part.readUInt16BE(14 + at);
    const start = part.readUInt16BE(16 + bytes + at);
    const delta = part.readUInt16BE(16 + 2 * bytes + at);
    const offsetAt = 16 + 3 * bytes + at;
    const offset = part.readUInt16BE(offsetAt);
    for (let code = start; code <= end && code < 0xffff; code += 1) {
      const listed =
        offset === 0 ? code : part.readUInt16BE(offsetAt + offset + 2 * (code - start));
      const glyph = listed === 0 ? 0 : (listed + delta) & 0xffff;
      if (glyph !== 0) glyphs.set(code, glyph);
    }
  }
}

function readGroups(part: Buffer, glyphs: Map<number, number>): void {
  for (let at = 0; at < part.readUInt32BE(12); at += 1) {
    const group = 16 + at * 12;
    const start = part.readUInt32BE(group);
    const end = part.readUInt32BE(group + 4);
    const first = part.readUInt32BE(group + 8);
    for (let code = start; code <= end; code += 1) glyphs.set(code, first + code - start);
  }
}

/** A table of names: family, style, whole name, and that for PostScript. */
function namesOf(family: string): Buffer {
  const names = [
    [1, family],
    [2, "Regular"],
    [4, family],
    [6, family.replaceAll(" ", "")],
  ] as const;
  const texts = names.map(([, text]) => Buffer.from(text, "utf16le").swap16());
  const head = Buffer.alloc(6 + names.length * 12);
  head.writeUInt16BE(names.length, 2);
  head.writeUInt16BE(head.length, 4);
  let offset = 0;
  for (const [at, [id]] of names.entries()) {
    const size = texts[at]?.length ?? 0;
    // Windows, Unicode, English.
    const record = [3, 1, 0x409, id, size, offset];
    for (const [part, value] of record.entries()) head.writeUInt16BE(value, 6 + at * 12 + part * 2);
    offset += size;
  }
  return Buffer.concat([head, ...texts]);
}

function written(version: number, tables: readonly Table[]): Buffer {
  const count = tables.length;
  const power = 2 ** Math.floor(Math.log2(count));
  const head = Buffer.alloc(HEAD_BYTES + count * ENTRY_BYTES);
  head.writeUInt32BE(version, 0);
  for (const [at, value] of [count, power * 16, Math.log2(power), (count - power) * 16].entries())
    head.writeUInt16BE(value, 4 + at * 2);
  const parts = [head];
  let start = head.length;
  for (const [at, { tag, data }] of tables.entries()) {
    const padded = Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
    const entry = HEAD_BYTES + at * ENTRY_BYTES;
    head.write(tag, entry, "latin1");
    head.writeUInt32BE(sumOf(padded), entry + 4);
    head.writeUInt32BE(start, entry + 8);
    head.writeUInt32BE(data.length, entry + 12);
    parts.push(padded);
    start += padded.length;
  }
  const font = Buffer.concat(parts);
  const at = tables.findIndex(({ tag }) => tag === "head");
  const adjustment = font.readUInt32BE(HEAD_BYTES + at * ENTRY_BYTES + 8) + 8;
  font.writeUInt32BE(0, adjustment);
  font.writeUInt32BE((MAGIC - sumOf(font)) >>> 0, adjustment);
  return font;
}

function sumOf(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 4 <= data.length; at += 4) sum = (sum + data.readUInt32BE(at)) >>> 0;
  return sum;
}
