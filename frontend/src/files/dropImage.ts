/** Ordinary pictures that are dropped: the editor gets them after all, one at a time. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";

export const MAY_HOLD_DRAWING: ReadonlySet<string> = new Set(["image/png", "image/svg+xml"]);

/** What the editor makes an image of. */
const IMAGES: ReadonlySet<string> = new Set([
  ...MAY_HOLD_DRAWING,
  ...["jpeg", "gif", "webp", "bmp", "x-icon", "avif", "jfif"].map((type) => `image/${type}`),
]);

/** How long the editor may take for one picture. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 50;

/** Drops that come from here. */
const passedOn = new WeakSet<Event>();

/** Where on the page something is put. */
export interface Spot {
  readonly clientX: number;
  readonly clientY: number;
  readonly target: EventTarget | null;
}

export function isImage({ type }: File): boolean {
  return IMAGES.has(type);
}

export function isPassedOn(event: Event): boolean {
  return passedOn.has(event);
}

/**
 * Drops one picture on the editor, `shift` pixels beside `spot`. Returns whether the
 * editor has made an element of it.
 */
export async function passOn(
  file: File,
  spot: Spot,
  shift: number,
  api: ExcalidrawImperativeAPI,
): Promise<boolean> {
  const before = countImages(api);
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(file);
  const again = new DragEvent("drop", {
    bubbles: true,
    cancelable: true,
    clientX: spot.clientX + shift,
    clientY: spot.clientY + shift,
    dataTransfer,
  });
  passedOn.add(again);
  spot.target?.dispatchEvent(again);
  const until = Date.now() + PATIENCE_MS;
  while (countImages(api) <= before) {
    // The editor says itself what is wrong with a picture.
    if (Date.now() > until || api.getAppState().errorMessage) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return true;
}

function countImages(api: ExcalidrawImperativeAPI): number {
  return api.getSceneElements().filter((one) => one.type === "image" && one.fileId !== null).length;
}
