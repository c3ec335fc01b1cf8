import { describe, expect, it } from "vitest";
import { MAX_DRAWING_BYTES, MAX_DRAWINGS, MAX_FILES } from "../src/arrivals/limits";
import { findDrawings, partsOf, titleOf } from "../src/arrivals/walk";
import { filesOf } from "../src/arrivals/zip";

const TEXT = '{"type":"excalidraw","elements":[]}';

interface One {
  readonly path: string;
  readonly text?: string;
  /** What its list says instead of the truth. */
  readonly size?: number;
  readonly flags?: number;
}

async function deflated(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function zipOf(files: readonly One[], count = files.length): Promise<Blob> {
  const parts: Uint8Array[] = [];
  const list: Uint8Array[] = [];
  let start = 0;
  for (const { path, text = TEXT, size, flags = 0 } of files) {
    const name = new TextEncoder().encode(path);
    const bytes = await deflated(text);
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, 0x04034b50, true);
    local.setUint16(26, name.length, true);
    const entry = new DataView(new ArrayBuffer(46));
    entry.setUint32(0, 0x02014b50, true);
    entry.setUint16(8, flags, true);
    entry.setUint16(10, 8, true);
    entry.setUint32(20, bytes.length, true);
    entry.setUint32(24, size ?? new TextEncoder().encode(text).length, true);
    entry.setUint16(28, name.length, true);
    entry.setUint32(42, start, true);
    parts.push(new Uint8Array(local.buffer), name, bytes);
    list.push(new Uint8Array(entry.buffer), name);
    start += 30 + name.length + bytes.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(10, count, true);
  end.setUint32(
    12,
    list.reduce((sum, { length }) => sum + length, 0),
    true,
  );
  end.setUint32(16, start, true);
  return new Blob([...parts, ...list, new Uint8Array(end.buffer)] as BlobPart[]);
}

async function found(path: string, file: Blob) {
  const { drawings, refused } = await findDrawings([{ path, file }]);
  const fates: Record<string, string> = {};
  for (const { path: name, why } of refused) fates[name] = why;
  for (const one of drawings) {
    fates[one.path] = await one.read().then(
      (blob) => blob.text(),
      (error) => error.fault,
    );
  }
  return fates;
}

describe("arrivals", () => {
  it("takes drawings out of zips, and names them after their folders", async () => {
    const zip = await zipOf([{ path: "a/Plan.excalidraw" }, { path: "a/" }, { path: "n.txt" }]);
    expect(await found("team.zip", zip)).toEqual({
      "team/a/Plan.excalidraw": TEXT,
      "team/n.txt": "It is no .excalidraw file.",
    });
    expect(partsOf("team/./a\u0000/Plan.excalidraw")).toEqual([["team", "a"], "Plan"]);
    expect(partsOf("Map.Excalidraw.PNG")).toEqual([[], "Map"]);
    expect(partsOf("team/.excalidraw")).toEqual([["team"], "Untitled"]);
    expect(titleOf(["team", "a"], "Plan")).toBe("team / a / Plan");
    expect(titleOf(["x".repeat(300)], "Plan")).toMatch(/^x+ \/ Plan$/);
    expect(titleOf(["x".repeat(300)], "Plan")).toHaveLength(200);
  });

  it("leaves what leads out of a zip, zips in zips, and what systems add", async () => {
    const files = ["../../x.excalidraw", "b.zip", "__MACOSX/._a.excalidraw"];
    const zip = await zipOf(files.map((path) => ({ path })));
    expect(await found("z.zip", zip)).toEqual({
      "z/../../x.excalidraw": "Its path leads out of the zip.",
      "z/b.zip": "A zip inside a zip is not opened.",
    });
  });

  it("refuses bombs, however small their lists say they are", async () => {
    const text = " ".repeat(2_000_000);
    expect(await found("z.zip", await zipOf([{ path: "a.excalidraw", text }]))).toEqual({
      "z/a.excalidraw": "ratio",
    });
    expect(await found("z.zip", await zipOf([{ path: "a.excalidraw", text, size: 50 }]))).toEqual({
      "z/a.excalidraw": "damaged",
    });
    const many = await zipOf([{ path: "a.excalidraw" }], MAX_FILES + 1);
    expect(await found("z.zip", many)).toEqual({
      "z.zip": "More than 5000 files at once. Divide them.",
    });
  });

  it("says what is too large, too many, encrypted or damaged", async () => {
    const large = await zipOf([{ path: "a.excalidraw", size: MAX_DRAWING_BYTES + 1 }]);
    expect(await found("z.zip", large)).toEqual({ "z/a.excalidraw": "It is larger than 100 MB." });
    const locked = await zipOf([{ path: "a.excalidraw", flags: 1 }]);
    expect(await found("z.zip", locked)).toEqual({ "z/a.excalidraw": "encrypted" });
    expect(await found("z.zip", new Blob(["no zip"]))).toEqual({ "z.zip": "It is damaged." });
    const whole = await zipOf([{ path: "a.excalidraw" }]);
    const cut = whole.slice(20);
    await expect(filesOf(cut)).rejects.toThrow("damaged");
    const file = new Blob([TEXT]);
    const paths = Array.from({ length: MAX_DRAWINGS + 1 }, (_, n) => `${n}.excalidraw`);
    const all = await findDrawings(paths.map((path) => ({ path, file })));
    expect(all.drawings).toHaveLength(MAX_DRAWINGS);
    expect(all.refused[0]?.why).toBe("More than 500 drawings at once. Bring it later.");
  });
});
