/** The editor's undo history, as far as `own.ts` looks into it, and the way it asks before a step. */
import type { SceneElement } from "../canvas/groups";

/** What a step of one element replaces, and what it sets: properties of the element. */
export interface Delta {
  readonly deleted: Record<string, unknown>;
  readonly inserted: Record<string, unknown>;
}

/** One step of undo or redo, by element: what comes back, what goes, and what changes. */
export interface HistoryEntry {
  readonly elementsChange: {
    readonly added: Map<string, Delta>;
    readonly removed: Map<string, Delta>;
    readonly updated: Map<string, Delta>;
  };
}

/** Takes out of a step what is not this person's to change; returns whether there was anything. */
export type Withhold = (entry: HistoryEntry, scene: ReadonlyMap<string, SceneElement>) => boolean;

let guard: Withhold | null = null;

/** From now on `withhold` looks at every step of undo and redo; `null` ends that. */
export function guardHistory(withhold: Withhold | null): void {
  guard = withhold;
}

/** Called by the editor's history before each step: see `build/history.ts`. */
export const withholdForeign: Withhold = (entry, scene) => guard?.(entry, scene) ?? false;
