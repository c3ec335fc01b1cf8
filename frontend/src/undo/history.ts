/** Keeps the editor's undo to what is the person's own, and remembers what that left undone. */
import { CaptureUpdateAction } from "@excalidraw/excalidraw";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type * as Y from "yjs";
import { newVersion } from "../canvas/merge";
import type { Author } from "../canvas/writer";
import { t } from "../i18n";
import { guardHistory, type HistoryEntry, type Withhold } from "./entry";
import { keepForeign } from "./own";
import { Writers } from "./writers";

const TOAST_MS = 5000;
const NOTHING: readonly string[] = [];

export interface OwnHistoryOptions {
  readonly api: ExcalidrawImperativeAPI;
  readonly doc: Y.Doc;
  readonly author: Author;
  /** Writes what was done in the editor into the document. */
  readonly flush: () => void;
}

export class OwnHistory {
  private readonly options: OwnHistoryOptions;
  private readonly writers: Writers;
  private readonly listeners = new Set<() => void>();
  private kept: readonly string[] = NOTHING;

  constructor(options: OwnHistoryOptions) {
    this.options = options;
    this.writers = new Writers(options.doc, options.author);
    guardHistory(this.withhold);
  }

  destroy(): void {
    guardHistory(null);
    this.writers.destroy();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The elements whose creation the last step did not take back, because others changed them. */
  readonly snapshot = (): readonly string[] => this.kept;

  readonly dismiss = (): void => this.setKept(NOTHING);

  /** Removes them all the same; that can be undone like any deletion. */
  readonly removeKept = (): void => {
    const { api, flush } = this.options;
    const kept = new Set(this.kept);
    api.updateScene({
      elements: api
        .getSceneElementsIncludingDeleted()
        .map((element) =>
          kept.has(element.id) ? { ...element, isDeleted: true, ...newVersion(element) } : element,
        ),
      captureUpdate: CaptureUpdateAction.IMMEDIATELY,
    });
    flush();
    this.dismiss();
  };

  private readonly withhold: Withhold = (entry: HistoryEntry, scene): boolean => {
    const { api, doc, flush } = this.options;
    // What was done a moment ago has to be in the document, to be known as this person's.
    flush();
    const { kept, changed } = keepForeign(entry, scene, doc, this.writers);
    this.setKept(kept.length > 0 ? kept : NOTHING);
    if (kept.length === 0 && changed.length > 0) {
      const message = t("What others have changed since was left as it is.");
      // Afterwards: the step sets the editor's whole state, toast included.
      setTimeout(() => api.setToast({ message, closable: true, duration: TOAST_MS }));
    }
    return kept.length + changed.length > 0;
  };

  private setKept(kept: readonly string[]): void {
    if (kept === this.kept) return;
    this.kept = kept;
    for (const listener of this.listeners) listener();
  }
}
