/** People with recorders around one server document: live while online, merging when they return. */
import * as Y from "yjs";
import { type ConflictRecord, decodeRecord, isOpen } from "../../src/conflicts/record";
import { ConflictRecorder } from "../../src/conflicts/recorder";
import { raise, type StateVector } from "../../src/sync/saved";

export const NETWORK = Symbol("network");

export class RecordingReplica {
  doc = new Y.Doc();
  recorder: ConflictRecorder;
  acknowledged: StateVector = new Map();
  /** What the device keeps beside the document. */
  readonly races = new Map<string, unknown>();
  isOnline = false;
  isCatchingUp = false;

  constructor(
    readonly network: RecorderNetwork,
    clientId: number,
    readonly name: string,
  ) {
    this.doc.clientID = clientId;
    this.recorder = this.watch();
  }

  private watch(): ConflictRecorder {
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== NETWORK && this.isOnline) this.network.take(this, update);
    });
    this.network.users.set(this.doc.clientID, this.author.user);
    return new ConflictRecorder({
      doc: this.doc,
      userId: this.author.user,
      acknowledged: this.acknowledged,
      committed: this.acknowledged,
      isRemote: (origin) => origin === NETWORK,
      isCatchingUp: () => this.isCatchingUp,
      canEdit: () => true,
      maxUpdateBytes: 4_000_000,
      races: {
        keep: (key, race) => this.races.set(key, structuredClone(race)),
        forget: (key) => this.races.delete(key),
      },
    });
  }

  element(id = "e"): Y.Map<unknown> {
    return this.doc.getMap<Y.Map<unknown>>("elements").get(id) as Y.Map<unknown>;
  }

  /** An edit by hand; it settles what was in conflict, as the binding does. */
  set(key: string, value: unknown, id = "e"): void {
    this.doc.transact(() => {
      this.doc.getMap("authors").set(String(this.doc.clientID), this.author);
      this.element(id).set(key, value);
      this.doc.getMap("conflicts").delete(`${id}/${key}`);
    });
  }

  get author() {
    return { user: this.name.toLowerCase(), name: this.name };
  }

  receive(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, NETWORK);
    raise(this.acknowledged, Y.parseUpdateMeta(update).to);
  }

  goOffline(): void {
    this.isOnline = false;
  }

  goOnline(): void {
    this.goOnlineWhile(() => {});
  }

  /** Something happens between the server's answer and the arrival of what it lacks. */
  goOnlineWhile(happens: () => void): void {
    const { server } = this.network;
    const missing = () => Y.encodeStateAsUpdate(server, Y.encodeStateVector(this.doc));
    this.isCatchingUp = true;
    this.receive(missing());
    this.isCatchingUp = false;
    happens();
    this.receive(missing());
    this.isOnline = true;
    this.network.take(this, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(server)));
  }

  /** Closes the page and opens it again: a new client id, the document from the browser's copy. */
  reload(clientId: number): void {
    this.recorder.flush();
    this.crash(clientId);
  }

  /** The same without a last moment. */
  crash(clientId: number): void {
    this.recorder.destroy();
    const stored = Y.encodeStateAsUpdate(this.doc);
    this.doc = new Y.Doc();
    this.doc.clientID = clientId;
    Y.applyUpdate(this.doc, stored, "copy");
    this.recorder = this.watch();
    this.recorder.resume([...this.races.values()]);
  }

  /** Open conflicts by key. */
  conflicts(): Map<string, ConflictRecord> {
    const open = new Map<string, ConflictRecord>();
    for (const [key, stored] of this.doc.getMap("conflicts")) {
      const record = decodeRecord(key, stored);
      if (record && isOpen(this.doc, record)) open.set(key, record);
    }
    return open;
  }
}

export class RecorderNetwork {
  readonly server = new Y.Doc();
  readonly replicas: RecordingReplica[] = [];
  /** Client id → who writes under it. */
  readonly users = new Map<number, string>();

  /** Someone online, on a board with the given elements. */
  join(clientId: number, name: string): RecordingReplica {
    const replica = new RecordingReplica(this, clientId, name);
    this.replicas.push(replica);
    replica.goOnline();
    return replica;
  }

  take(author: RecordingReplica, update: Uint8Array): void {
    this.checkSignatures(author, update);
    Y.applyUpdate(this.server, update);
    raise(author.acknowledged, Y.decodeStateVector(Y.encodeStateVector(this.server)));
    for (const replica of this.replicas) {
      if (replica !== author && replica.isOnline) replica.receive(update);
    }
  }

  /** As the server does: what is new is signed by its sender, sides of conflicts by their writers. */
  private checkSignatures({ author: { user } }: RecordingReplica, update: Uint8Array): void {
    for (const struct of Y.decodeUpdate(update).structs) {
      const isNew = struct.id.clock >= Y.getState(this.server.store, struct.id.client);
      if (!isNew || !(struct instanceof Y.Item)) continue;
      for (const value of struct.content.getContent()) {
        if (typeof value !== "object" || value === null) continue;
        if ("by" in value && value.by !== user) throw new Error(`${user} signs as ${value.by}`);
        for (const side of value.sides ?? []) {
          const writer = this.users.get(Number(String(side.id).split(":")[0])) ?? null;
          if (side.user !== null && side.user !== writer)
            throw new Error(`${side.user} was ${writer}`);
        }
      }
    }
  }
}

/** Everything that is shared. */
export function contentOf(doc: Y.Doc): unknown {
  return ["elements", "authors", "conflicts"].map((root) => doc.getMap(root).toJSON());
}

/** A rectangle as it stands in the document. */
export function rectangleGroups(change: Record<string, unknown> = {}): Y.Map<unknown> {
  const groups = { type: "rectangle", pos: [0, 0], size: [10, 10], strokeColor: "#000", ...change };
  return new Y.Map<unknown>(Object.entries(groups));
}
