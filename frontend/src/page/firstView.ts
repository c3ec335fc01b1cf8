/** What part of a board is shown when it opens. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";

type Elements = ReturnType<ExcalidrawImperativeAPI["getSceneElements"]>;

/** Room for the tools that lie over the edges of the canvas. */
export const TOOL_MARGINS = { top: 72, bottom: 72, left: 16, right: 16 } as const;

/** The editor prepares a picture of every element in view: of so many it takes a second. */
const MANY_ELEMENTS = 1000;
const CLOSE_ENOUGH = 0.5;

/** Shows everything, or of a large board a readable part in its middle. */
export function showFirst(api: ExcalidrawImperativeAPI): void {
  const elements = api.getSceneElements();
  const isLarge = elements.length > MANY_ELEMENTS;
  api.scrollToContent(isLarge ? middleOf(elements) : elements, {
    fitToContent: true,
    animate: false,
    canvasOffsets: TOOL_MARGINS,
    ...(isLarge ? { minZoom: CLOSE_ENOUGH, maxZoom: CLOSE_ENOUGH } : {}),
  });
}

/** The element closest to where half of all lie left and right, above and below. */
export function middleOf(elements: Elements): Elements {
  const [x, y] = [median(elements.map((one) => one.x)), median(elements.map((one) => one.y))];
  let [nearest, best] = [elements.slice(0, 1), Number.POSITIVE_INFINITY];
  for (const element of elements) {
    const distance = Math.hypot(element.x - x, element.y - y);
    if (distance < best) [nearest, best] = [[element], distance];
  }
  return nearest;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
