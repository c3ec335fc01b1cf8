/**
 * Tabs of one browser that have the same board open exchange edits and presence directly, so that
 * they agree without network too. y-websocket does the work; what is different here is that a tab
 * can join and leave while it is open, and that it does not send its whole document to the others
 * whenever it connects: they ask for what they lack.
 */
import * as bc from "lib0/broadcastchannel";
import * as encoding from "lib0/encoding";
import * as awarenessProtocol from "y-protocols/awareness";
import * as syncProtocol from "y-protocols/sync";
import type { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { MESSAGE_AWARENESS, MESSAGE_QUERY_AWARENESS, MESSAGE_SYNC } from "./codes";

export class Tabs {
  private readonly provider: WebsocketProvider;

  /** Joins `channel` with the provider's next connection; `null`: keeps to itself. */
  constructor(provider: WebsocketProvider, channel: string | null) {
    this.provider = provider;
    provider.connectBc = this.connect;
    this.use(channel);
  }

  /** Joins the tabs of another channel, or leaves them all, at once. */
  change(channel: string | null): void {
    const { provider } = this;
    if (provider.bcconnected) provider.disconnectBc();
    this.use(channel);
    if (provider.shouldConnect) provider.connectBc();
  }

  /** Asks back when a tab that asked has something that this one lacks. */
  onQuestion(theirs: ReadonlyMap<number, number>): void {
    const { store } = this.provider.doc;
    const isAhead = [...theirs].some(([client, clock]) => clock > Y.getState(store, client));
    if (isAhead) this.ask();
  }

  private use(channel: string | null): void {
    this.provider.disableBc = channel === null;
    if (channel !== null) this.provider.bcChannel = channel;
  }

  private readonly connect = (): void => {
    const { provider } = this;
    if (provider.disableBc) return;
    if (!provider.bcconnected) {
      bc.subscribe(provider.bcChannel, provider._bcSubscriber);
      provider.bcconnected = true;
    }
    this.ask();
    const { awareness, doc } = provider;
    const own = awarenessProtocol.encodeAwarenessUpdate(awareness, [doc.clientID]);
    this.say((encoder) => encoding.writeVarUint(encoder, MESSAGE_QUERY_AWARENESS));
    this.say((encoder) => {
      encoding.writeVarUint(encoder, MESSAGE_AWARENESS);
      encoding.writeVarUint8Array(encoder, own);
    });
  };

  private ask(): void {
    this.say((encoder) => {
      encoding.writeVarUint(encoder, MESSAGE_SYNC);
      syncProtocol.writeSyncStep1(encoder, this.provider.doc);
    });
  }

  private say(write: (encoder: encoding.Encoder) => void): void {
    bc.publish(this.provider.bcChannel, encoding.encode(write), this.provider);
  }
}
