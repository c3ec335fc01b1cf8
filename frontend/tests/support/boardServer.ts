/**
 * The server of one board, as a page meets it: two sockets and REST, in memory. The network is all that
 * is not real in tests that use it. It speaks the y-websocket protocol with message 100, and commits
 * what it takes at once unless it is told to wait.
 */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { vi } from "vitest";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";
import {
  MESSAGE_AWARENESS,
  MESSAGE_QUERY_AWARENESS,
  MESSAGE_SAVED,
  MESSAGE_SYNC,
} from "../../src/sync/codes";

export interface Request {
  readonly method: string;
  /** Below the board's address in REST, or the whole path of anything else. */
  readonly path: string;
  readonly body: unknown;
}

/** An answer: JSON, text for pages, or a status alone. */
export type Answer = { readonly status?: number; readonly json?: unknown; readonly html?: string };

const API = /^\/api\/v1\/boards\/[^/]+\//;

export class BoardServer {
  readonly doc = new Y.Doc();
  /** All requests so far. */
  readonly requests: Request[] = [];
  /** Whether anybody answers at all. */
  isReachable = true;
  /** Whether updates are acknowledged. */
  isCommitting = true;
  /** What waits to be committed together; `null`: nothing waits. */
  batch: Uint8Array[] | null = null;
  /** What the events socket says first. */
  access: Record<string, unknown> = { type: "access", level: "edit", can_manage: true };
  private readonly sockets = new Set<ClientSocket>();
  private readonly routes = new Map<string, (body: unknown) => Answer>();

  /** Takes the place of the network until the test is over. */
  install(): void {
    const server = this;
    vi.stubGlobal(
      "WebSocket",
      class extends ClientSocket {
        constructor(url: string) {
          super(url, server);
        }
      },
    );
    vi.stubGlobal("fetch", (url: string, init?: RequestInit) => this.fetch(url, init));
  }

  /** Answers `METHOD path`, as `POST comments`, where the path is below the board's. */
  on(route: string, answer: Answer | ((body: unknown) => Answer)): void {
    this.routes.set(route, typeof answer === "function" ? answer : () => answer);
  }

  /** Says something to everybody on the events socket. */
  say(event: Record<string, unknown>): void {
    for (const socket of this.of("events")) socket.deliver(JSON.stringify(event));
  }

  /** Changes the document as somebody else does, and tells everybody. */
  edit(change: (doc: Y.Doc) => void): void {
    const before = Y.encodeStateVector(this.doc);
    this.doc.transact(() => change(this.doc));
    this.tell(updateMessage(Y.encodeStateAsUpdate(this.doc, before)), null);
  }

  /** Shows somebody else's presence to everybody; `null`: they are gone. */
  show(client: number, clock: number, state: unknown): void {
    const inner = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, JSON.stringify(state));
    });
    this.tell(framed(MESSAGE_AWARENESS, inner), null);
  }

  /** Acknowledges all that it has. */
  commit(): void {
    this.tell(this.saved(), null);
  }

  /** Commits what waits together: one update for everybody, and the confirmation. */
  commitBatch(): void {
    this.tell(updateMessage(Y.mergeUpdates(this.batch ?? [])), null);
    this.batch = null;
    this.commit();
  }

  /** Ends all sockets of a kind. */
  close(code: number, reason = "", kind: "canvas" | "events" = "canvas"): void {
    for (const socket of this.of(kind)) socket.drop(code, reason);
  }

  /** Nobody answers from now on. */
  vanish(): void {
    this.isReachable = false;
    for (const socket of [...this.sockets]) socket.drop(1006, "");
  }

  /** How many sockets of a kind are open. */
  countOf(kind: "canvas" | "events"): number {
    return this.of(kind).length;
  }

  accept(socket: ClientSocket): void {
    this.sockets.add(socket);
    if (socket.kind === "events") socket.deliver(JSON.stringify(this.access));
    else {
      const question = encoding.createEncoder();
      encoding.writeVarUint(question, MESSAGE_SYNC);
      sync.writeSyncStep1(question, this.doc);
      socket.deliver(encoding.toUint8Array(question));
    }
  }

  forget(socket: ClientSocket): void {
    this.sockets.delete(socket);
  }

  take(socket: ClientSocket, message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    const type = decoding.readVarUint(decoder);
    if (type === MESSAGE_AWARENESS) this.tell(message, socket);
    if (type === MESSAGE_QUERY_AWARENESS || type !== MESSAGE_SYNC) return;
    const step = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    if (step === sync.messageYjsSyncStep1) {
      const answer = encoding.createEncoder();
      encoding.writeVarUint(answer, MESSAGE_SYNC);
      sync.writeSyncStep2(answer, this.doc, payload);
      socket.deliver(encoding.toUint8Array(answer));
      return;
    }
    Y.applyUpdate(this.doc, payload);
    if (this.batch) {
      this.batch.push(payload);
      return;
    }
    this.tell(updateMessage(payload), socket);
    if (this.isCommitting) socket.deliver(this.saved());
  }

  private of(kind: "canvas" | "events"): ClientSocket[] {
    return [...this.sockets].filter((socket) => socket.kind === kind);
  }

  private tell(message: Uint8Array, except: ClientSocket | null): void {
    for (const socket of this.of("canvas")) if (socket !== except) socket.deliver(message);
  }

  private saved(): Uint8Array {
    return framed(MESSAGE_SAVED, Y.encodeStateVector(this.doc));
  }

  private async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    if (!this.isReachable) throw new TypeError("Failed to fetch");
    const { pathname, search } = new URL(url, location.href);
    const path = API.test(pathname) ? pathname.replace(API, "") + search : pathname + search;
    const method = init.method ?? "GET";
    const body = typeof init.body === "string" ? JSON.parse(init.body) : init.body;
    this.requests.push({ method, path, body });
    const route =
      this.routes.get(`${method} ${path}`) ?? this.routes.get(`${method} ${path.split("?")[0]}`);
    const {
      status = 200,
      json,
      html,
    } = route?.(body) ?? { status: 404, json: { detail: "Not found." } };
    if (status === 204) return new Response(null, { status });
    return new Response(html ?? JSON.stringify(json ?? {}), { status });
  }
}

/** The page's end of a socket. */
class ClientSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  readonly OPEN = 1;
  readonly kind: "canvas" | "events";
  readyState = 0;
  binaryType = "blob";
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;

  constructor(
    readonly url: string,
    private readonly server: BoardServer,
  ) {
    this.kind = url.includes("/ws/events/") ? "events" : "canvas";
    setTimeout(() => this.open(), 0);
  }

  send(data: Uint8Array): void {
    const message = data.slice();
    setTimeout(() => {
      if (this.readyState === 1) this.server.take(this, message);
    }, 0);
  }

  close(): void {
    this.drop(1000, "");
  }

  /** From the server. */
  deliver(data: Uint8Array | string): void {
    const received = typeof data === "string" ? data : data.slice().buffer;
    setTimeout(() => {
      if (this.readyState === 1) this.onmessage?.({ data: received });
    }, 0);
  }

  drop(code: number, reason: string): void {
    if (this.readyState > 1) return;
    this.readyState = 2;
    this.server.forget(this);
    setTimeout(() => {
      this.readyState = 3;
      this.onclose?.({ code, reason });
    }, 0);
  }

  private open(): void {
    if (this.readyState !== 0) return;
    if (!this.server.isReachable) {
      this.onerror?.({});
      this.drop(1006, "");
      return;
    }
    this.readyState = 1;
    this.onopen?.();
    this.server.accept(this);
  }
}

function framed(type: number, payload: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, type);
    encoding.writeVarUint8Array(encoder, payload);
  });
}

function updateMessage(update: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE_SYNC);
    sync.writeUpdate(encoder, update);
  });
}
