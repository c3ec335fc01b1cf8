/** What this browser keeps of one board: the document, what the server has of it, and live races. */
import type * as Y from "yjs";
import type { RaceStore } from "../conflicts/recorder";
import { forgetCopy, noteCopy } from "../copies";
import { OfflineCopy } from "./offline";
import { raise, type StateVector } from "./saved";

const STORE_COMMITTED_DELAY_MS = 500;
const RACE_PREFIX = "race:";

export interface LocalCopyOptions {
  /** Name of the copy: see `storageKey`. */
  readonly key: string;
  readonly doc: Y.Doc;
  /** What the server is known to have; raised to what was kept, and kept again when it grows. */
  readonly committed: StateVector;
  /** Called when the browser stores nothing more. */
  readonly onFailed: () => void;
}

export class LocalCopy {
  private readonly options: LocalCopyOptions;
  private copy: OfflineCopy | null = null;
  /** What the register of copies says about this one. */
  private noted = -1;
  private storeTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: LocalCopyOptions) {
    this.options = options;
  }

  /** Loads the copy into the document, and keeps it up to date from then on; `null`: none can be kept. */
  async open(): Promise<OfflineCopy | null> {
    const { key, doc, committed, onFailed } = this.options;
    this.copy = await OfflineCopy.open(key, doc, { onFailed });
    if (this.copy) raise(committed, await this.copy.loadCommitted());
    return this.copy;
  }

  /** Live races that were not over when the page was left. */
  async keptRaces(): Promise<unknown[]> {
    return (await this.copy?.readAll(RACE_PREFIX)) ?? [];
  }

  readonly races: RaceStore = {
    keep: (key, race) => void this.copy?.write(RACE_PREFIX + key, race),
    forget: (key) => void this.copy?.remove(RACE_PREFIX + key),
  };

  /** To be called when the server has committed more. */
  storeCommittedSoon(): void {
    this.storeTimer ??= setTimeout(this.storeCommitted, STORE_COMMITTED_DELAY_MS);
  }

  /** Stores at once what is due. */
  readonly storeCommitted = (): void => {
    if (this.storeTimer === null) return;
    clearTimeout(this.storeTimer);
    this.storeTimer = null;
    this.copy?.saveCommitted(this.options.committed);
  };

  /** Enters in the register of copies how much is unsaved. */
  note(title: string, unsaved: number): void {
    if (this.copy === null || this.noted === unsaved) return;
    this.noted = unsaved;
    noteCopy({ key: this.options.key, title, unsaved });
  }

  /** Removes the board from this device; what was not saved is lost with it. */
  async discard(): Promise<void> {
    const copy = this.copy;
    this.copy = null;
    forgetCopy(this.options.key);
    await copy?.clear();
  }
}
