/** Counts what the server has not got: in the document, and beside it. */
import type * as Y from "yjs";
import { type StateVector, unsavedChanges } from "./saved";
import { Throttle } from "./throttle";

export interface UnsavedOptions {
  readonly doc: Y.Doc;
  readonly committed: StateVector;
  readonly canEdit: () => boolean;
  /** How many changes of this device are in no document. */
  readonly rescued: () => number;
  /** Called with the number of changes after every count. */
  readonly onCounted: (changes: number) => void;
}

export class UnsavedCount {
  private readonly options: UnsavedOptions;
  private readonly throttle = new Throttle(() => this.count());
  private uploads = 0;
  private comments = 0;

  constructor(options: UnsavedOptions) {
    this.options = options;
  }

  /** Counts in a moment; to be called when more is committed. */
  readonly soon = (): void => this.throttle.soon();

  /** Counts after every change of the document from now on. */
  start(): void {
    // Not "update": encoding one for this alone would cost as much as loading it.
    this.options.doc.on("afterTransaction", this.soon);
  }

  stop(): void {
    this.options.doc.off("afterTransaction", this.soon);
    this.throttle.cancel();
  }

  now(): void {
    this.throttle.now();
  }

  /** Images that still have to be uploaded are not saved either. */
  setUploads(count: number): void {
    this.uploads = count;
    this.now();
  }

  /** Comments that still have to be sent. */
  setComments(count: number): void {
    this.comments = count;
    this.now();
  }

  /** Unsent comments of people who may not draw: the badge does not count them among the changes. */
  get commentsBesides(): number {
    return this.options.canEdit() ? 0 : this.comments;
  }

  private count(): void {
    const { doc, committed, canEdit, rescued, onCounted } = this.options;
    const changes = unsavedChanges(doc, committed).changes + rescued();
    onCounted(Math.max(changes, this.uploads) + (canEdit() ? this.comments : 0));
  }
}
