/** The connection to the server: y-websocket's provider, and what this product adds to it. */
import * as bc from "lib0/broadcastchannel";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as syncProtocol from "y-protocols/sync";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { isNotOurs, isPermanent, MESSAGE_SAVED, MESSAGE_SYNC } from "./codes";
import { isForeign } from "./rescue";
import { reachOf } from "./saved";
import { Tabs } from "./tabs";
import { Upload } from "./upload";

/** Longest pause between attempts; random, so that a restarted server is not stormed. */
const MIN_BACKOFF_MS = 24_000;
const MAX_BACKOFF_MS = 30_000;
/** An attempt that hangs this long is given up. */
const CONNECT_TIMEOUT_MS = 15_000;
/** The server answers our presence every 15 s; after two missed answers a socket is dead. */
const SILENCE_MS = 32_000;

type MessageHandler = WebsocketProvider["messageHandlers"][number];

export interface ConnectionEvents {
  onConnecting(): void;
  onConnected(): void;
  onSynced(): void;
  /** The connection broke or an attempt failed; the next one starts at `retryAt` (epoch ms). */
  onLost(retryAt: number): void;
  /** The server does not want us back. */
  onClosed(code: number, reason: string): void;
  /** The server has committed all this. */
  onCommitted(state: ReadonlyMap<number, number>): void;
  /** And what came with that is in the document: only now it was met with what is here. */
  onMerged(): void;
  /** How much of work that goes out in pieces has arrived, 0 to 1; `null`: there is none. */
  onProgress(share: number | null): void;
  /** Somebody else has written under an id of ours, where there is work that is not saved. */
  onForeign(): void;
}

export interface ConnectionOptions {
  readonly doc: Y.Doc;
  /** Absolute `ws:` or `wss:` URL without the room. */
  readonly url: string;
  readonly room: string;
  readonly params: Readonly<Record<string, string>>;
  /** What the server is known to have. */
  readonly committed: ReadonlyMap<number, number>;
  /** Name under which tabs of this browser talk to each other; `null`: they do not. */
  readonly tabChannel: string | null;
  readonly events: ConnectionEvents;
}

/** Owns the provider; `connect` once the offline copy is loaded. */
export class Connection {
  readonly provider: WebsocketProvider;
  private readonly standardReadSync: MessageHandler;
  private readonly events: ConnectionEvents;
  private readonly committed: ReadonlyMap<number, number>;
  private readonly tabs: Tabs;
  private readonly upload: Upload;
  private connectTimer: ReturnType<typeof setTimeout> | null = null;

  constructor({ doc, url, room, params, committed, tabChannel, events }: ConnectionOptions) {
    this.events = events;
    this.committed = committed;
    this.provider = new WebsocketProvider(url, room, doc, {
      connect: false,
      params: { ...params },
      maxBackoffTime: MIN_BACKOFF_MS + Math.random() * (MAX_BACKOFF_MS - MIN_BACKOFF_MS),
      shouldReconnect: (event) => !isPermanent(event.code),
    });
    // Until it connects there is nobody to tell: the offline copy alone is thousands of edits.
    doc.off("update", this.provider._updateHandler);
    this.provider._updateHandler = this.onUpdate;
    this.upload = new Upload({
      send: (update) => this.sendToServer(update),
      onProgress: events.onProgress,
    });
    this.tabs = new Tabs(this.provider, tabChannel);
    this.standardReadSync = this.provider.messageHandlers[MESSAGE_SYNC] as MessageHandler;
    this.provider.messageHandlers[MESSAGE_SYNC] = this.readSync;
    this.provider.messageHandlers[MESSAGE_SAVED] = this.readSaved;
    sendOnlyOwnPresence(this.provider);
    this.provider.on("status", this.onStatus);
    this.provider.on("sync", (isSynced) => isSynced && events.onSynced());
    this.provider.on("connection-close", this.onConnectionClose);
    this.provider.on("closed", ({ code, reason }) => {
      this.provider.disconnect();
      if (isNotOurs(code, reason)) events.onForeign();
      else events.onClosed(code, reason);
    });
    window.addEventListener("online", this.retryNow);
    window.addEventListener("offline", this.restart);
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  connect(): void {
    this.provider.doc.on("update", this.provider._updateHandler);
    this.provider.connect();
  }

  /**
   * Exchanges edits with other tabs from now on, or no longer. Tabs of different people, or with
   * different rights, must not exchange edits.
   */
  changeTabs(channel: string | null): void {
    this.tabs.change(channel);
    renewPresence(this.provider);
  }

  /** Tries at once instead of waiting for the next attempt. */
  readonly retryNow = (): void => {
    const { provider } = this;
    if (!provider.shouldConnect) return;
    provider.wsUnsuccessfulReconnects = 0;
    if (provider.wsconnected && this.isSilent()) this.restart();
    else provider.connect();
  };

  destroy(): void {
    if (this.connectTimer !== null) clearTimeout(this.connectTimer);
    window.removeEventListener("online", this.retryNow);
    window.removeEventListener("offline", this.restart);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.provider.destroy();
  }

  /**
   * Drops the socket without waiting for the other side, and tries again. Also when the browser
   * says that there is no network: it may be wrong about a server on the same machine.
   */
  readonly restart = (): void => {
    if (!this.provider.shouldConnect) return;
    this.provider.disconnect();
    this.provider.connect();
    renewPresence(this.provider);
  };

  private readonly onVisibility = (): void => {
    if (document.visibilityState === "visible") this.retryNow();
  };

  private isSilent(): boolean {
    return Date.now() - this.provider.wsLastMessageReceived > SILENCE_MS;
  }

  private readonly onStatus = ({ status }: { status: string }): void => {
    if (this.connectTimer !== null) clearTimeout(this.connectTimer);
    this.connectTimer = null;
    if (status === "connecting") {
      this.connectTimer = setTimeout(() => this.provider.ws?.close(), CONNECT_TIMEOUT_MS);
      this.events.onConnecting();
    } else if (status === "connected") {
      forgetAbsentPresence(this.provider);
      renewPresence(this.provider);
      this.askBack();
      this.events.onConnected();
    }
  };

  private readonly onConnectionClose = (): void => {
    this.upload.stop();
    // The provider counts this failure after telling us.
    const failures = this.provider.wsUnsuccessfulReconnects + 1;
    const pause = Math.min(2 ** failures * 100, this.provider.maxBackoffTime);
    this.events.onLost(Date.now() + pause);
  };

  /** Edits of this page: to the other tabs at once, to the server as it can take them. */
  private readonly onUpdate = (update: Uint8Array, origin: unknown): void => {
    const { provider } = this;
    if (origin === provider) return;
    if (provider.bcconnected) bc.publish(provider.bcChannel, encodeUpdate(update), provider);
    if (provider.wsconnected) this.upload.add(update);
  };

  /**
   * Asks as if what is not saved were not here either: what the server has of it comes back, and
   * shows whether it is ours.
   */
  private askBack(): void {
    const { doc, ws } = this.provider;
    const vector = Y.decodeStateVector(Y.encodeStateVector(doc));
    let isAnything = false;
    for (const [client, clock] of vector) {
      const committed = this.committed.get(client) ?? 0;
      if (committed >= clock) continue;
      isAnything = true;
      vector.set(client, committed);
    }
    if (!isAnything || ws === null) return;
    const question = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, MESSAGE_SYNC);
      encoding.writeVarUint(encoder, syncProtocol.messageYjsSyncStep1);
      encoding.writeVarUint8Array(encoder, Y.encodeStateVector(vector));
    });
    ws.send(question as Uint8Array<ArrayBuffer>);
  }

  private sendToServer(update: Uint8Array): void {
    const { ws, wsconnected } = this.provider;
    if (ws === null || !wsconnected || ws.readyState !== ws.OPEN) return;
    ws.send(encodeUpdate(update) as Uint8Array<ArrayBuffer>);
  }

  private commit(state: ReadonlyMap<number, number>): void {
    this.events.onCommitted(state);
    this.upload.onCommitted(state);
  }

  /**
   * The provider's own handler, but for the answer to the server's question, which can be large;
   * and: what the server sends is committed, so it counts as saved.
   */
  private readonly readSync: MessageHandler = (
    encoder,
    decoder,
    provider,
    isFromServer,
    messageType,
  ) => {
    const { isQuestion, payload } = peek(decoder);
    if (isFromServer && isQuestion) {
      this.upload.answer(Y.encodeStateAsUpdate(provider.doc, payload));
      return;
    }
    if (isFromServer && isForeign(provider.doc, payload, this.committed)) {
      provider.disconnect();
      this.events.onForeign();
      return;
    }
    // First: once it is in the document, it must not count as unsaved for even a moment.
    if (isFromServer) this.commit(reachOf(payload));
    this.standardReadSync(encoder, decoder, provider, isFromServer, messageType);
    this.events.onMerged();
    if (!isFromServer && isQuestion) this.tabs.onQuestion(Y.decodeStateVector(payload));
  };

  private readonly readSaved: MessageHandler = (_encoder, decoder, _provider, isFromServer) => {
    const vector = Y.decodeStateVector(decoding.readVarUint8Array(decoder));
    if (!isFromServer) return;
    this.commit(vector);
    this.events.onMerged();
  };
}

function encodeUpdate(update: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE_SYNC);
    syncProtocol.writeUpdate(encoder, update);
  });
}

/** A sync message, read without moving the decoder: a state vector (step 1) or an update. */
function peek(decoder: decoding.Decoder): { isQuestion: boolean; payload: Uint8Array } {
  const ahead = decoding.clone(decoder);
  const isQuestion = decoding.readVarUint(ahead) === syncProtocol.messageYjsSyncStep1;
  return { isQuestion, payload: decoding.readVarUint8Array(ahead) };
}

/**
 * The stock provider sends back every presence update it receives, to the server as well, which
 * makes traffic grow with the square of the number of people. Only our own is ours to send.
 */
function sendOnlyOwnPresence(provider: WebsocketProvider): void {
  const { awareness, doc } = provider;
  const send = provider._awarenessUpdateHandler;
  awareness.off("update", send);
  provider._awarenessUpdateHandler = (changes: PresenceChanges, origin: unknown) => {
    const touched = [...changes.added, ...changes.updated, ...changes.removed];
    if (!touched.includes(doc.clientID)) return;
    send({ added: [], updated: [doc.clientID], removed: [] }, origin);
  };
  awareness.on("update", provider._awarenessUpdateHandler);
}

interface PresenceChanges {
  readonly added: number[];
  readonly updated: number[];
  readonly removed: number[];
}

/**
 * While we were away the provider took everybody's presence off; the clocks it kept would make it
 * ignore the same states when the server sends them again, until each person moves.
 */
function forgetAbsentPresence({ awareness, doc }: WebsocketProvider): void {
  for (const clientId of [...awareness.meta.keys()]) {
    if (clientId !== doc.clientID && !awareness.states.has(clientId)) {
      awareness.meta.delete(clientId);
    }
  }
}

/** Others have seen us leave with our last clock; a higher one brings us back at once. */
function renewPresence({ awareness }: WebsocketProvider): void {
  awareness.setLocalState(awareness.getLocalState());
}
