/**
 * One image is one step of undo. The editor puts a placeholder on the board, reads the picture, and
 * gives the placeholder its size then: a second change, which would come back with the next step.
 */
import { newVersion } from "../canvas/merge";

/** Image elements, as far as they are settled. */
interface Picture {
  readonly id: string;
  readonly fileId: string | null;
  readonly version: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is asked of the editor. */
interface Editor {
  readonly scene: { getElement(id: string): Picture | null; triggerUpdate(): void };
  /** What the history knows already. */
  readonly store: { readonly snapshot: { readonly elements: Map<string, Picture> } };
}

/**
 * Called by the editor when `image` has got its picture (see `build/history.ts`): to the history
 * this belongs to the step that put the image on the board.
 */
export function settleImage({ scene, store }: Editor, image: Picture): void {
  const shown = scene.getElement(image.id);
  if (!shown) return;
  // Others changed it meanwhile, or it was undone: then another object has taken its place.
  if (shown !== image && shown.fileId === null) {
    const { fileId, width, height } = image;
    const x = shown.x + (shown.width - width) / 2;
    const y = shown.y + (shown.height - height) / 2;
    Object.assign(shown, { fileId, x, y, width, height, ...newVersion(shown) });
    scene.triggerUpdate();
  }
  const { elements } = store.snapshot;
  if (elements.has(image.id)) elements.set(image.id, structuredClone(shown));
}
