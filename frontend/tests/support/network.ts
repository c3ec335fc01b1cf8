/** Documents that exchange updates through a server document, as the real ones do. */
import * as Y from "yjs";
import { Binding } from "../../src/canvas/binding";
import { FakeEditor } from "./fakeEditor";

/** Origin of what comes over the network. */
export const NETWORK = Symbol("network");

export class Replica {
  readonly doc = new Y.Doc();
  readonly editor = new FakeEditor();
  readonly binding: Binding;
  isOnline = true;
  canEdit: boolean;
  /** How often something was taken back. */
  takenBack = 0;
  /** Keys that this replica's own transactions wrote. */
  writes = 0;
  /** What its page would warn of. */
  readonly ignored: string[] = [];

  constructor(clientId: number, canEdit = true, initial?: Uint8Array) {
    this.doc.clientID = clientId;
    this.canEdit = canEdit;
    if (initial) Y.applyUpdate(this.doc, initial, NETWORK);
    const author = { id: String(clientId), name: `user ${clientId}` };
    this.binding = new Binding({
      doc: this.doc,
      scene: this.editor,
      author,
      onIgnored: (element) => this.ignored.push(element),
      canEdit: () => this.canEdit,
      onTakenBack: () => {
        this.takenBack += 1;
      },
    });
    this.doc.on("afterTransaction", (transaction: Y.Transaction) => {
      if (!transaction.local) return;
      for (const keys of transaction.changed.values()) this.writes += keys.size;
    });
  }

  /** One exchange with the server in both directions. */
  sync(server: Y.Doc): void {
    const down = Y.encodeStateAsUpdate(server, Y.encodeStateVector(this.doc));
    const up = Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(server));
    Y.applyUpdate(server, up);
    Y.applyUpdate(this.doc, down, NETWORK);
  }
}

/** Two replicas that start from the same content. */
export function pair(setUp: (first: Replica) => void): [Replica, Replica, Y.Doc] {
  const server = new Y.Doc();
  const first = new Replica(1);
  setUp(first);
  first.binding.push();
  first.sync(server);
  const second = new Replica(2, true, Y.encodeStateAsUpdate(server));
  second.binding.pull();
  return [first, second, server];
}

/** Exchanges until everybody has and shows everything. */
export function settle(server: Y.Doc, ...replicas: readonly Replica[]): void {
  for (let round = 0; round < 3; round += 1) {
    for (const replica of replicas) {
      replica.binding.push();
      replica.sync(server);
      replica.binding.pull();
    }
  }
}
