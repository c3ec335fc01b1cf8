/**
 * Moves elements in the editor in place, as it does itself while they are dragged. Replacing them
 * would make it go through all others.
 */
import type { SceneElement } from "./groups";

/** What of the editor's innermost this needs. */
export interface MovableScene {
  readonly scene: {
    getElementsMapIncludingDeleted(): ReadonlyMap<string, SceneElement>;
    triggerUpdate(): void;
  };
  /** What undo compares with. */
  readonly store: { readonly snapshot: { readonly elements: Map<string, SceneElement> } };
}

const PLACE: ReadonlySet<string> = new Set(["x", "y", "version", "versionNonce", "updated"]);

/** Whether two states of an element differ in nothing but its place. */
export function isOnlyElsewhere(
  before: SceneElement | undefined,
  after: SceneElement | undefined,
): after is SceneElement {
  if (!before || !after) return false;
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].every((key) => PLACE.has(key) || before[key] === after[key]);
}

/** Puts elements where `moved` has them; not for this user to undo. */
export function showMoved(editor: MovableScene, moved: readonly SceneElement[]): void {
  const elements = editor.scene.getElementsMapIncludingDeleted();
  const snapshot = editor.store.snapshot.elements;
  for (const { id, x, y, version, versionNonce, updated } of moved) {
    const element = elements.get(id);
    if (!element) continue;
    const place = { x, y, version, versionNonce, updated };
    const known = snapshot.get(id);
    // One that is older than the element lacks what the user is doing to it, which is to be undone.
    if (known && known.version >= element.version) snapshot.set(id, { ...known, ...place });
    Object.assign(element, place);
  }
  editor.scene.triggerUpdate();
}
