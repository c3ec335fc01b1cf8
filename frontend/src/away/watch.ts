/**
 * Keeps track of what this person has seen of a board, and tells what others did meanwhile: after a
 * lost connection, after the tab was in the background, and after the board was closed.
 */
import * as Y from "yjs";
import { t } from "../i18n";
import { Listeners } from "../listeners";
import { raise, type StateVector } from "../sync/saved";
import { type AwayChange, changesSince } from "./changes";

/** Where a page remembers across visits. */
export interface Memory {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

export interface WatchOptions {
  readonly doc: Y.Doc;
  readonly userId: string | null;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Shorter absences are not reported. */
export const ABSENCE_MS = 5000;
/** People usually return to a background tab soon. */
export const HIDDEN_MS = 60_000;
const REMEMBER_DELAY_MS = 1000;
const SEEN_KEY = "seen";
const CLIENTS_KEY = "clients";
const MAX_CLIENTS = 100;
const NOTHING: readonly AwayChange[] = [];

export class AwayWatch {
  private readonly options: WatchOptions;
  private readonly listeners = new Listeners();
  private readonly seen: StateVector = new Map();
  /** Client ids that this browser has written with. */
  private readonly ownClients = new Set<number>();
  private memory: Memory | null = null;
  private changes: readonly AwayChange[] = NOTHING;
  private isSynced = false;
  private isVisible = true;
  /** When the user stopped watching; `null` while they watch, and before the first visit. */
  private awaySince: number | null = null;
  private threshold = ABSENCE_MS;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: WatchOptions) {
    this.options = options;
    this.ownClients.add(options.doc.clientID);
  }

  /** What to show; empty when there is nothing. The same array as long as nothing changed. */
  readonly snapshot = (): readonly AwayChange[] => this.changes;

  readonly subscribe = this.listeners.add;

  /** To be called once the offline copy is loaded, before the connection is made. */
  async load(memory: Memory): Promise<void> {
    this.memory = memory;
    const [stored, clients] = await Promise.all([memory.read(SEEN_KEY), memory.read(CLIENTS_KEY)]);
    if (Array.isArray(clients)) for (const client of clients) this.ownClients.add(Number(client));
    void memory.write(CLIENTS_KEY, [...this.ownClients].slice(-MAX_CLIENTS));
    if (!isSeen(stored)) return;
    raise(this.seen, new Map(stored.vector));
    this.awaySince = stored.at;
  }

  /** To be called when the connection has synced. */
  readonly onSynced = (): void => {
    this.isSynced = true;
    this.options.doc.on("update", this.rememberSoon);
    if (this.isVisible) this.comeBack();
  };

  readonly onLost = (): void => {
    if (this.isSynced && this.isVisible) this.goAway(ABSENCE_MS);
    this.isSynced = false;
  };

  readonly onVisibility = (isVisible: boolean): void => {
    if (this.isVisible === isVisible) return;
    this.isVisible = isVisible;
    if (!this.isSynced) return;
    if (isVisible) this.comeBack();
    else this.goAway(HIDDEN_MS);
  };

  /** The person has seen it all. */
  readonly dismiss = (): void => {
    this.setChanges(NOTHING);
    this.rememberNow();
  };

  private goAway(threshold: number): void {
    this.rememberNow();
    this.awaySince ??= this.options.now();
    this.threshold = threshold;
  }

  private comeBack(): void {
    const { doc, now } = this.options;
    const isWorthIt = this.awaySince !== null && now() - this.awaySince >= this.threshold;
    this.awaySince = null;
    if (isWorthIt || this.changes.length > 0) {
      this.setChanges(changesSince(doc, this.seen, this.authorOf));
    }
    this.rememberNow();
  }

  /** Who wrote with a client id; `null` for this person, on any of their devices. */
  readonly authorOf = (client: number): string | null => {
    if (this.ownClients.has(client)) return null;
    const author: unknown = this.options.doc.getMap("authors").get(String(client));
    const { user, name } = (author ?? {}) as { user?: unknown; name?: unknown };
    if (typeof user === "string" && user === this.options.userId) return null;
    return typeof name === "string" && name !== "" ? name.slice(0, 80) : t("Somebody");
  };

  private readonly rememberSoon = (): void => {
    this.timer ??= setTimeout(this.rememberNow, REMEMBER_DELAY_MS);
  };

  /** While the user watches, everything counts as seen; while a report is open, nothing new does. */
  private readonly rememberNow = (): void => {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.awaySince !== null || !this.isSynced || this.changes.length > 0) return;
    const { doc, now } = this.options;
    raise(this.seen, Y.decodeStateVector(Y.encodeStateVector(doc)));
    void this.memory?.write(SEEN_KEY, { at: now(), vector: [...this.seen] });
  };

  private setChanges(changes: readonly AwayChange[]): void {
    this.changes = changes.length > 0 ? changes : NOTHING;
    this.listeners.call();
  }
}

interface Seen {
  readonly at: number;
  readonly vector: [number, number][];
}

function isSeen(stored: unknown): stored is Seen {
  if (typeof stored !== "object" || stored === null) return false;
  const { at, vector } = stored as Record<string, unknown>;
  return typeof at === "number" && Array.isArray(vector);
}
