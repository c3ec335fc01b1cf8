import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";
import { Connection, type ConnectionEvents } from "../src/sync/provider";
import { unsavedChanges } from "../src/sync/saved";

/** A socket whose other side is the test. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static readonly OPEN = 1;
  readonly OPEN = 1;
  readyState = 0;
  binaryType = "";
  sent: Uint8Array[] = [];
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  receive(write: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    write(encoder);
    this.onmessage?.({ data: encoding.toUint8Array(encoder).slice().buffer });
  }

  drop(code: number, reason = ""): void {
    this.onclose?.({ code, reason });
  }
}

const NOW = 1_700_000_000_000;
let log: string[];
let committed: Map<number, number>;

const events: ConnectionEvents = {
  onConnecting: () => log.push("connecting"),
  onConnected: () => log.push("connected"),
  onSynced: () => log.push("synced"),
  onLost: (retryAt) => log.push(`lost ${retryAt - Date.now()}`),
  onClosed: (code) => log.push(`closed ${code}`),
  onCommitted: (state) => {
    for (const [client, clock] of state) committed.set(client, clock);
  },
  onMerged: () => {},
  onForeign: () => log.push("foreign"),
  onProgress: (share) => log.push(`progress ${share}`),
};

function open(doc = new Y.Doc()): { connection: Connection; doc: Y.Doc; socket: () => FakeSocket } {
  const connection = new Connection({
    doc,
    url: "ws://host/ws/canvas",
    room: "board",
    params: { saved: "1" },
    committed,
    tabChannel: null,
    events,
  });
  connection.connect();
  const socket = () => {
    const last = FakeSocket.all.at(-1);
    if (!last) throw new Error("No socket was opened.");
    return last;
  };
  return { connection, doc, socket };
}

function sendState(socket: FakeSocket, doc: Y.Doc): void {
  socket.receive((encoder) => {
    encoding.writeVarUint(encoder, 0);
    sync.writeSyncStep2(encoder, doc);
  });
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  log = [];
  committed = new Map();
  FakeSocket.all = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the connection", () => {
  test("asks for the saved state, and is synced when the server has answered", () => {
    const { socket, connection } = open();
    expect(socket().url).toBe("ws://host/ws/canvas/board?saved=1");
    socket().accept();
    expect(log).toEqual(["connecting", "connected"]);
    sendState(socket(), new Y.Doc());
    expect(log.at(-1)).toBe("synced");
    connection.destroy();
  });

  test("takes message 100, and whatever the server sends, for committed", () => {
    const { socket, connection } = open();
    socket().accept();
    const server = new Y.Doc();
    server.clientID = 5;
    server.getMap("elements").set("a", 1);
    sendState(socket(), server);
    expect(committed.get(5)).toBe(1);
    socket().receive((encoder) => {
      encoding.writeVarUint(encoder, 100);
      const vector = encoding.createEncoder();
      for (const number of [1, 9, 4]) encoding.writeVarUint(vector, number);
      encoding.writeVarUint8Array(encoder, encoding.toUint8Array(vector));
    });
    expect(committed.get(9)).toBe(4);
    connection.destroy();
  });

  test("never takes what the server sends for unsaved, not even while it takes it in", () => {
    const doc = new Y.Doc();
    const { socket, connection } = open(doc);
    socket().accept();
    const unsaved: number[] = [];
    doc.on("afterTransaction", () => unsaved.push(unsavedChanges(doc, committed).changes));
    const server = new Y.Doc();
    server.getMap("elements").set("a", new Y.Map());
    sendState(socket(), server);
    expect(doc.getMap("elements").size).toBe(1);
    expect(unsaved).toEqual([0]);
    connection.destroy();
  });

  test("waits longer after every failure, at most 30 s and not as long as everybody else", () => {
    const { socket, connection } = open();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      socket().drop(1006);
      pauses.push(Number(log.at(-1)?.split(" ")[1]));
      vi.advanceTimersByTime(pauses.at(-1) ?? 0);
    }
    expect(pauses.slice(0, 4)).toEqual([200, 400, 800, 1600]);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(24_000);
    expect(pauses.at(-1)).toBeLessThanOrEqual(30_000);
    expect(FakeSocket.all).toHaveLength(13);
    connection.destroy();
  });

  test.each([4001, 4003, 4400, 4404, 4413])("does not come back after %i", (code) => {
    const { socket, connection } = open();
    socket().accept();
    socket().drop(code);
    expect(log.at(-1)).toBe(`closed ${code}`);
    vi.advanceTimersByTime(120_000);
    connection.retryNow();
    window.dispatchEvent(new Event("online"));
    expect(FakeSocket.all).toHaveLength(1);
    connection.destroy();
  });

  test.each([
    "client id belongs to somebody else",
    "signed by somebody else",
    "the history of this board was replaced; begin without a local copy",
  ])("does not give up what is refused because it is %s", (reason) => {
    const { socket, connection } = open();
    socket().accept();
    socket().drop(4400, `Not accepted: ${reason}.`);
    expect(log.at(-1)).toBe("foreign");
    connection.destroy();
  });

  test("asks for what is not saved as well, and takes nothing in that is not its own", () => {
    const { doc, socket, connection } = open();
    doc.getMap("meta").set("mine", 1);
    socket().accept();
    expect(
      socket()
        .sent.map(vectorIn)
        .find((vector) => vector?.size),
    ).toEqual(new Map([[doc.clientID, 0]]));
    const server = new Y.Doc();
    server.clientID = doc.clientID;
    server.getMap("meta").set("theirs", 2);
    sendState(socket(), server);
    expect(log.at(-1)).toBe("foreign");
    expect(doc.getMap("meta").toJSON()).toEqual({ mine: 1 });
    expect(committed.size).toBe(0);
    connection.destroy();
  });

  test.each([1006, 4500, 4503, 4529])("comes back after %i", (code) => {
    const { socket, connection } = open();
    socket().accept();
    socket().drop(code);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(2);
    connection.destroy();
  });

  test("tries at once when the network is back, instead of waiting for its turn", () => {
    const { socket, connection } = open();
    for (let attempt = 0; attempt < 9; attempt += 1) {
      socket().drop(1006);
      vi.advanceTimersByTime(30_000);
    }
    socket().drop(1006);
    const before = FakeSocket.all.length;
    window.dispatchEvent(new Event("online"));
    expect(FakeSocket.all).toHaveLength(before + 1);
    connection.destroy();
  });

  test("gives up an attempt that hangs", () => {
    const { socket, connection } = open();
    const first = socket();
    vi.advanceTimersByTime(15_000);
    expect(first.readyState).toBe(3);
    connection.destroy();
  });

  test("sends its own presence and nobody else's", () => {
    const { socket, connection, doc } = open();
    socket().accept();
    socket().sent = [];
    const { awareness } = connection.provider;
    awareness.setLocalState({ pointer: null });
    expect(clientsIn(socket().sent)).toEqual([doc.clientID]);
    awareness.emit("update", [{ added: [99], updated: [], removed: [] }, "server"]);
    expect(socket().sent).toHaveLength(1);
    connection.destroy();
  });
});

/** The state vector of a step 1; `null` for any other message. */
function vectorIn(message: Uint8Array): Map<number, number> | null {
  const decoder = decoding.createDecoder(message);
  if (decoding.readVarUint(decoder) !== 0 || decoding.readVarUint(decoder) !== 0) return null;
  return Y.decodeStateVector(decoding.readVarUint8Array(decoder));
}

/** The client ids in the presence messages that were sent. */
function clientsIn(messages: readonly Uint8Array[]): number[] {
  return messages.flatMap((message) => {
    const decoder = decoding.createDecoder(message);
    if (decoding.readVarUint(decoder) !== 1) return [];
    const states = decoding.createDecoder(decoding.readVarUint8Array(decoder));
    return Array.from({ length: decoding.readVarUint(states) }, () => {
      const client = decoding.readVarUint(states);
      decoding.readVarUint(states);
      decoding.readVarString(states);
      return client;
    });
  });
}
