/**
 * Carries unsaved work over a reload of the page, when somebody else has written under an id of this
 * page. The document cannot be put right then: the work is kept apart, the copy is given up, and the
 * page begins again and redoes it.
 */
import type * as Y from "yjs";
import type { Groups } from "../canvas/groups";
import type { BoardConfig } from "../config";
import { noteCopy } from "../copies";
import { delay } from "./delay";
import { collectWork, redoWork, sizeOfWork, type Work } from "./rescue";
import { forgetWork, keepWork, keptWork, mayRescue } from "./rescueStore";
import type { StateVector } from "./saved";

const DISCARD_TIMEOUT_MS = 1500;

export interface RescuerOptions {
  /** Name of the copy: see `storageKey`. */
  readonly key: string;
  readonly doc: Y.Doc;
  readonly committed: StateVector;
  readonly config: Pick<BoardConfig, "user" | "maxUpdateBytes">;
}

export class Rescuer {
  private readonly options: RescuerOptions;
  private work: Work[] = [];

  constructor(options: RescuerOptions) {
    this.options = options;
  }

  /** The elements of work that is in no document, by their ids. */
  elements(): Map<string, Groups> {
    const kept = this.work.flatMap(({ elements }) => elements);
    return new Map(kept.map(({ id, groups }) => [id, groups]));
  }

  /** How many things a person would count in it. */
  get size(): number {
    return this.work.reduce((sum, work) => sum + sizeOfWork(work), 0);
  }

  /** Looks for what an earlier page has left. */
  async load(): Promise<void> {
    this.work = await keptWork(this.options.key);
  }

  /**
   * Keeps the unsaved work and reloads the page. Rejects when the work cannot be kept, and when it
   * was tried too often: then something else is wrong.
   */
  async rescue(title: string, discardCopy: () => Promise<void>): Promise<void> {
    const { key, doc, committed } = this.options;
    if (!mayRescue(key, Date.now())) throw new Error("It was tried before.");
    const work = collectWork(doc, committed);
    await keepWork(key, work);
    // Another tab that has the board open may not let it go at once.
    await Promise.race([discardCopy(), delay(DISCARD_TIMEOUT_MS)]);
    noteCopy({ key, title, unsaved: sizeOfWork(work) });
    window.location.reload();
  }

  /** Does the work again; to be called when the page has what the server has, and may edit. */
  async redo(onDone: () => void): Promise<void> {
    if (this.work.length === 0) return;
    const { key, doc, config } = this.options;
    const work = this.work;
    this.work = [];
    for (const one of work) redoWork(doc, one, config.user, config.maxUpdateBytes);
    onDone();
    await forgetWork(key);
  }
}
