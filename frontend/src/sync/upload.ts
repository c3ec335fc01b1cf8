/**
 * Sends this page's work to the server in pieces that it accepts: each is sent when the
 * one before is acknowledged. Small edits go out at once while nothing else is on its way.
 *
 * After a broken connection the server's question says how far it got, and the rest follows.
 */
import * as Y from "yjs";
import { PIECE_BYTES, split } from "./pieces";
import { raise, reachOf, type StateVector } from "./saved";

/** An acknowledgement can be lost in a full outbox; then the next piece goes out after this time. */
const PATIENCE_MS = 20_000;

export interface UploadOptions {
  readonly send: (update: Uint8Array) => void;
  /** How much of a large piece of work has arrived, 0 to 1; `null`: there is none. */
  readonly onProgress: (share: number | null) => void;
  readonly pieceBytes?: number;
}

export class Upload {
  private readonly options: Required<UploadOptions>;
  /** What the server has acknowledged on this connection. */
  private readonly reached: StateVector = new Map();
  private pieces: Uint8Array[] = [];
  /** The piece that is on its way, as the state vector that acknowledges it. */
  private pending: ReadonlyMap<number, number> | null = null;
  /** Edits that were made meanwhile. */
  private later: Uint8Array[] = [];
  private totalBytes = 0;
  private sentBytes = 0;
  private pendingBytes = 0;
  /** Until the server has asked, its question will be answered with everything. */
  private wasAsked = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: UploadOptions) {
    this.options = { pieceBytes: PIECE_BYTES, ...options };
  }

  /** The server has asked: `update` is everything that it lacks. */
  answer(update: Uint8Array): void {
    this.stop();
    this.wasAsked = true;
    this.begin(update);
  }

  /** An edit of this page. */
  add(update: Uint8Array): void {
    if (!this.wasAsked) return;
    if (this.pending !== null) this.later.push(update);
    else this.begin(update);
  }

  /** The server has committed all this. */
  onCommitted(state: ReadonlyMap<number, number>): void {
    raise(this.reached, state);
    if (this.pending !== null && this.isReached(this.pending)) this.arrived();
  }

  /** The connection is gone; the next one begins with a question. */
  stop(): void {
    this.wasAsked = false;
    this.pieces = [];
    this.later = [];
    this.reached.clear();
    this.finish();
  }

  private begin(update: Uint8Array): void {
    const { pieceBytes, send } = this.options;
    if (update.byteLength <= pieceBytes) {
      send(update);
      return;
    }
    this.pieces = split(update, pieceBytes);
    this.totalBytes += bytesOf(this.pieces);
    this.sendNext();
  }

  private sendNext(): void {
    const piece = this.pieces.shift();
    if (piece === undefined) {
      const later = this.later;
      this.finish();
      this.later = [];
      if (later.length > 0) this.begin(Y.mergeUpdates(later));
      return;
    }
    this.pending = reachOf(piece);
    this.pendingBytes = piece.byteLength;
    this.timer = setTimeout(this.arrived, PATIENCE_MS);
    this.options.onProgress(this.sentBytes / this.totalBytes);
    this.options.send(piece);
  }

  private readonly arrived = (): void => {
    if (this.timer !== null) clearTimeout(this.timer);
    this.sentBytes += this.pendingBytes;
    this.sendNext();
  };

  private finish(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.pending !== null) this.options.onProgress(null);
    this.timer = null;
    this.pending = null;
    this.totalBytes = 0;
    this.sentBytes = 0;
  }

  private isReached(wanted: ReadonlyMap<number, number>): boolean {
    return [...wanted].every(([client, clock]) => (this.reached.get(client) ?? 0) >= clock);
  }
}

function bytesOf(updates: readonly Uint8Array[]): number {
  return updates.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
