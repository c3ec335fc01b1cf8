/**
 * Reads zips by their list of files, one file at a time: a zip is never in memory as a whole, and a
 * file of it never larger than it may be, whatever its list says.
 */
import { MAX_FILES, MAX_LIST_BYTES, MAX_RATIO } from "./limits";

/** Why a zip, or a file in it, cannot be read. */
export type Fault = "damaged" | "encrypted" | "many" | "ratio" | "large";

export class ZipError extends Error {
  constructor(readonly fault: Fault) {
    super(fault);
  }
}

export interface ZipFile {
  readonly path: string;
  /** As its list says; what is read is counted. */
  readonly size: number;
  read(maxBytes: number, signal?: AbortSignal): Promise<Blob>;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;
const ENCRYPTED = 1;
const [STORED, DEFLATED] = [0, 8];

/** The files of a zip, without its folders. Rejects with a `ZipError`. */
export async function filesOf(zip: Blob): Promise<ZipFile[]> {
  const tail = await viewOf(zip, Math.max(0, zip.size - END_BYTES - MAX_COMMENT), zip.size);
  let at = tail.byteLength - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1;
  if (at < 0) throw new ZipError("damaged");
  const count = tail.getUint16(at + 10, true);
  const length = tail.getUint32(at + 12, true);
  const start = tail.getUint32(at + 16, true);
  if (count > MAX_FILES || count === 0xffff || length > MAX_LIST_BYTES) throw new ZipError("many");
  if (start + length > zip.size) throw new ZipError("damaged");
  return entriesOf(zip, await viewOf(zip, start, start + length), count);
}

function entriesOf(zip: Blob, list: DataView, count: number): ZipFile[] {
  const found: ZipFile[] = [];
  let at = 0;
  for (let n = 0; n < count; n += 1) {
    if (at + ENTRY_BYTES > list.byteLength || list.getUint32(at, true) !== ENTRY) {
      throw new ZipError("damaged");
    }
    const nameLength = list.getUint16(at + 28, true);
    const next =
      at + ENTRY_BYTES + nameLength + list.getUint16(at + 30, true) + list.getUint16(at + 32, true);
    if (next > list.byteLength) throw new ZipError("damaged");
    const name = new Uint8Array(list.buffer, list.byteOffset + at + ENTRY_BYTES, nameLength);
    const path = new TextDecoder().decode(name);
    if (!path.endsWith("/")) {
      const flags = list.getUint16(at + 8, true);
      const method = list.getUint16(at + 10, true);
      const packed = list.getUint32(at + 20, true);
      const size = list.getUint32(at + 24, true);
      const start = list.getUint32(at + 42, true);
      const read = async (maxBytes: number, signal?: AbortSignal) => {
        if ((flags & ENCRYPTED) !== 0) throw new ZipError("encrypted");
        if (size > maxBytes) throw new ZipError("large");
        if (size > packed * MAX_RATIO) throw new ZipError("ratio");
        return unpack(zip, { method, packed, start }, Math.min(size, maxBytes), signal);
      };
      found.push({ path, size, read });
    }
    at = next;
  }
  return found;
}

interface Packed {
  readonly method: number;
  readonly packed: number;
  readonly start: number;
}

async function unpack(zip: Blob, file: Packed, size: number, signal?: AbortSignal): Promise<Blob> {
  if (file.start + LOCAL_BYTES > zip.size) throw new ZipError("damaged");
  const head = await viewOf(zip, file.start, file.start + LOCAL_BYTES);
  if (head.getUint32(0, true) !== LOCAL) throw new ZipError("damaged");
  const from = file.start + LOCAL_BYTES + head.getUint16(26, true) + head.getUint16(28, true);
  const bytes = zip.slice(from, from + file.packed);
  if (file.method === STORED) {
    if (bytes.size !== size) throw new ZipError("damaged");
    return bytes;
  }
  if (file.method !== DEFLATED) throw new ZipError("damaged");
  const reader = bytes.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts: BlobPart[] = [];
  let got = 0;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      got += value.byteLength;
      if (got > size) throw new ZipError("damaged"); // its list says less
      parts.push(value as Uint8Array<ArrayBuffer>);
    }
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    if (error instanceof ZipError || signal?.aborted) throw error;
    throw new ZipError("damaged");
  }
  if (got !== size) throw new ZipError("damaged");
  return new Blob(parts);
}

async function viewOf(blob: Blob, start: number, end: number): Promise<DataView> {
  return new DataView(await blob.slice(start, end).arrayBuffer());
}
