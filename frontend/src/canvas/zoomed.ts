/** While somebody zooms over a lot, the last drawing of it is shown at another size. */

/** So many elements the editor draws within a frame. */
export const MANY = 1000;

/** The last drawing is at most this old, so that what was outside the window appears. */
const ANEW_MS = 400;

/** What the editor draws. */
export interface Scene {
  readonly canvas: HTMLCanvasElement | null;
  readonly scale: number;
  readonly visibleElements: readonly unknown[];
  readonly appState: View;
}

interface Place {
  readonly zoom: { readonly value: number };
  readonly scrollX: number;
  readonly scrollY: number;
}

interface View extends Place {
  readonly viewBackgroundColor: string | null;
  /** The editor sets it at each step, and takes it away when there was none for 300 ms; then it draws. */
  readonly shouldCacheIgnoreZoom: boolean;
  readonly selectedElementsAreBeingDragged: boolean;
}

interface Drawn {
  readonly scale: number;
  readonly view: View;
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** Made when it is needed: until then the canvas itself has it. */
  picture: HTMLCanvasElement | null;
}

const drawings = new WeakMap<HTMLCanvasElement, Drawn>();

/** Draws the scene by `draw`, or shows the last drawing of it where that one would take too long. */
export function drawOrStretch<S extends Scene>(draw: (scene: S) => void, scene: S): void {
  const { canvas, appState: view, scale } = scene;
  const last = canvas && drawings.get(canvas);
  if (canvas && last && isEnough(scene, last)) {
    last.picture ??= copyOf(canvas);
    stretch(last.picture, canvas, placeOf(last, view), view.viewBackgroundColor);
    return;
  }
  draw(scene);
  if (!canvas) return;
  const { width, height } = canvas;
  drawings.set(canvas, { scale, view, at: performance.now(), width, height, picture: null });
}

function isEnough({ canvas, scale, visibleElements, appState }: Scene, last: Drawn): boolean {
  return (
    appState.shouldCacheIgnoreZoom &&
    visibleElements.length > MANY &&
    performance.now() - last.at < ANEW_MS &&
    !appState.selectedElementsAreBeingDragged &&
    appState.viewBackgroundColor === last.view.viewBackgroundColor &&
    scale === last.scale &&
    canvas?.width === last.width &&
    canvas.height === last.height
  );
}

/** Where the drawing is now, in pixels of the canvas, and how many times as large. */
export function placeOf(
  last: { readonly scale: number; readonly view: Place },
  view: Place,
): { x: number; y: number; times: number } {
  const size = view.zoom.value * last.scale;
  return {
    x: (view.scrollX - last.view.scrollX) * size,
    y: (view.scrollY - last.view.scrollY) * size,
    times: view.zoom.value / last.view.zoom.value,
  };
}

function copyOf(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  copy.getContext("2d")?.drawImage(canvas, 0, 0);
  return copy;
}

function stretch(
  picture: HTMLCanvasElement,
  canvas: HTMLCanvasElement,
  { x, y, times }: { x: number; y: number; times: number },
  background: string | null,
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (background) {
    context.fillStyle = background;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.drawImage(picture, x, y, picture.width * times, picture.height * times);
}
