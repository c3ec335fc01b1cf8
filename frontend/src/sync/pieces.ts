/**
 * Cuts an update into updates below a size, in an order in which each fits on those before it: a
 * limit on a message must not be a limit on work.
 *
 * Pure. A piece holds runs of structs, one for each client, and nothing that needs a struct of a
 * later piece. The deletions come last, when everything is there that they name.
 */
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { pieceBytes } from "../../../sync/wire/protocol.json";

/** Far below what the server takes at once, and soon acknowledged. */
export const PIECE_BYTES = pieceBytes;

type Struct = ReturnType<typeof Y.decodeUpdate>["structs"][number];
type DeleteSet = ReturnType<typeof Y.decodeUpdate>["ds"];

/** Upper bound for the numbers around the structs of one client. */
const HEADER_BYTES = 24;

/**
 * Updates of at most `pieceBytes` that together do what `update` does, applied in this order; one
 * struct that is larger is a piece of its own.
 */
export function split(update: Uint8Array, pieceBytes = PIECE_BYTES): Uint8Array[] {
  if (update.byteLength <= pieceBytes) return [update];
  const { structs, ds } = Y.decodeUpdate(update);
  const sections = new Map<number, Section>();
  for (const struct of structs) {
    const { client } = struct.id;
    const section = sections.get(client);
    if (section) section.structs.push(struct);
    else sections.set(client, { structs: [struct], at: 0 });
  }
  const pieces: Uint8Array[] = [];
  for (;;) {
    const piece = nextPiece(sections, pieceBytes);
    if (piece === null) break;
    pieces.push(piece);
  }
  return [...pieces, ...deletionPieces(ds, pieceBytes)];
}

/** The structs of one client, and how many of them are in pieces already. */
interface Section {
  readonly structs: Struct[];
  at: number;
}

interface Run {
  readonly client: number;
  readonly clock: number;
  readonly parts: Uint8Array[];
}

/** One piece while it is filled: for each client a run of structs without holes. */
class Piece {
  private readonly limit: number;
  private readonly runs = new Map<number, Run>();
  private size = HEADER_BYTES;
  isFull = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  get isEmpty(): boolean {
    return this.runs.size === 0;
  }

  /** Takes the next structs of one client as far as they fit; whether it took any. */
  fill(client: number, section: Section, sections: ReadonlyMap<number, Section>): boolean {
    const start = section.at;
    for (let struct = section.structs[start]; struct; struct = section.structs[section.at]) {
      // A run has no holes: what comes after one begins a piece of its own.
      if (struct instanceof Y.Skip ? this.runs.has(client) : !isReady(struct, sections)) break;
      if (!(struct instanceof Y.Skip) && !this.add(client, struct)) break;
      section.at += 1;
    }
    return section.at > start;
  }

  encode(): Uint8Array {
    return encodePiece([...this.runs.values()]);
  }

  /** Whether there was room. The first struct always has it. */
  private add(client: number, struct: Struct): boolean {
    const bytes = encodeStruct(struct);
    const cost = bytes.byteLength + (this.runs.has(client) ? 0 : HEADER_BYTES);
    this.isFull = this.size + cost > this.limit && !this.isEmpty;
    if (this.isFull) return false;
    const run = this.runs.get(client) ?? { client, clock: struct.id.clock, parts: [] };
    run.parts.push(bytes);
    this.runs.set(client, run);
    this.size += cost;
    return true;
  }
}

/** The next piece; `null` when everything is in one. */
function nextPiece(sections: ReadonlyMap<number, Section>, pieceBytes: number): Uint8Array | null {
  const piece = new Piece(pieceBytes);
  for (let isMoving = true; isMoving && !piece.isFull; ) {
    isMoving = false;
    for (const [client, section] of sections) {
      isMoving = piece.fill(client, section, sections) || isMoving;
      if (piece.isFull) break;
    }
  }
  if (!piece.isEmpty) return piece.encode();
  if ([...sections.values()].some(({ at, structs }) => at < structs.length)) {
    throw new Error("The structs of an update wait for each other.");
  }
  return null;
}

/** Whether nothing that the struct needs is still left. */
function isReady(struct: Struct, sections: ReadonlyMap<number, Section>): boolean {
  if (!(struct instanceof Y.Item)) return true;
  const parent: unknown = struct.parent;
  const needs = [struct.origin, struct.rightOrigin, parent instanceof Y.ID ? parent : null];
  return needs.every((id) => {
    if (id === null || id.client === struct.id.client) return true;
    const section = sections.get(id.client);
    const first = section?.structs[section.at];
    return first === undefined || id.clock < first.id.clock;
  });
}

function encodeStruct(struct: Struct): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoding.toUint8Array(encoder.restEncoder);
}

function encodePiece(runs: readonly Run[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, runs.length);
    for (const { client, clock, parts } of runs) {
      for (const number of [parts.length, client, clock]) encoding.writeVarUint(encoder, number);
      for (const part of parts) encoding.writeUint8Array(encoder, part);
    }
    encoding.writeVarUint(encoder, 0);
  });
}

function deletionPieces(ds: DeleteSet, pieceBytes: number): Uint8Array[] {
  const most = Math.max(1, Math.floor((pieceBytes - HEADER_BYTES) / HEADER_BYTES));
  const pieces: Uint8Array[] = [];
  let chosen: Deletions[] = [];
  let count = 0;
  for (const [client, all] of ds.clients) {
    for (let at = 0; at < all.length; ) {
      const ranges = all.slice(at, at + most - count);
      chosen.push({ client, ranges });
      at += ranges.length;
      count += ranges.length;
      if (count >= most) {
        pieces.push(encodeDeletions(chosen));
        chosen = [];
        count = 0;
      }
    }
  }
  if (chosen.length > 0) pieces.push(encodeDeletions(chosen));
  return pieces;
}

interface Deletions {
  readonly client: number;
  readonly ranges: readonly { readonly clock: number; readonly len: number }[];
}

function encodeDeletions(deletions: readonly Deletions[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarUint(encoder, deletions.length);
    for (const { client, ranges } of deletions) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, ranges.length);
      for (const { clock, len } of ranges) {
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarUint(encoder, len);
      }
    }
  });
}
