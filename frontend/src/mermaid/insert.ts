/** Puts a diagram on the board, in one step of undo. */
import { getCommonBounds } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { copyWithNewIds } from "../canvas/copy";
import type { SceneElement } from "../canvas/groups";
import { addElements, IMMEDIATELY } from "../notes/scene";
import { newElementId } from "../page/ids";
import { middleOfView } from "../page/where";

type Elements = readonly OrderedExcalidrawElement[];

/** In the middle of the view, selected, in place of the elements of `replaced`. */
export function insertDiagram(
  api: ExcalidrawImperativeAPI,
  elements: Elements,
  replaced: ReadonlySet<string> = new Set(),
): void {
  const middle = middleOfView(api);
  const [left, top, right, bottom] = getCommonBounds(elements);
  const dx = middle.x - (left + right) / 2;
  const dy = middle.y - (top + bottom) / 2;
  const scene = elements as unknown as readonly SceneElement[];
  const copies = copyWithNewIds(scene, newElementId, dx, dy) as unknown as Elements;
  const own = copies.filter((one) => !("containerId" in one && one.containerId));
  const ids = own.map(({ id }) => id);
  addElements(api, copies, ids, IMMEDIATELY, replaced);
}
