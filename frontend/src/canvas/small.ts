/** What is so small on the screen that a picture of its own costs more than drawing it again. */

/** Of an element on the screen, in pixels. */
const SMALL = 40;

const KINDS = new Set(["rectangle", "diamond", "ellipse", "line", "arrow", "freedraw"]);

interface Drawn {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly opacity: number;
  readonly boundElements?: readonly unknown[] | null;
}

/**
 * Whether the editor draws an element straight onto the board. It keeps a picture of every element
 * else, and makes it again at every zoom.
 *
 * Strokes of one element that lie over each other would show through, and a label cuts its arrow.
 */
export function isDrawnDirectly(element: Drawn, state: { zoom: { value: number } }): boolean {
  return (
    Math.max(Math.abs(element.width), Math.abs(element.height)) * state.zoom.value <= SMALL &&
    KINDS.has(element.type) &&
    element.opacity === 100 &&
    !(element.type === "arrow" && element.boundElements?.length)
  );
}
