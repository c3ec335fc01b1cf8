/** From a library to the board, and from the board to a library. */
import { getCommonBounds, viewportCoordsToSceneCoords } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type * as Y from "yjs";
import { copyWithNewIds } from "../canvas/copy";
import type { FileElement } from "../canvas/file";
import { drawingOf } from "../files/drawing";
import { inFile } from "../files/inFile";
import { Refused } from "../files/refused";
import { selectionOf } from "../files/selection";
import { t } from "../i18n";
import { addElements, IMMEDIATELY } from "../notes/scene";
import { newElementId } from "../page/ids";
import { middleOfView } from "../page/where";
import { imagesOf, newItem } from "./file";
import type { Images, Item } from "./item";

type Elements = readonly OrderedExcalidrawElement[];

/** What is put on a board, and drawn small in the panel. */
export interface Drawn {
  readonly elements: readonly FileElement[];
  readonly files: Images;
}

/** As the scene shows it. */
export function sceneOf({ elements }: Drawn): Elements {
  return drawingOf(elements, true).elements as unknown as Elements;
}

/**
 * Puts an item on the board, around a place or in the middle of the view, selected, in one step of
 * undo. Throws `Refused` when nothing of it can be shown.
 */
export function insertItem(
  api: ExcalidrawImperativeAPI,
  item: Drawn,
  at?: { readonly clientX: number; readonly clientY: number },
): void {
  const elements = sceneOf(item);
  if (elements.length === 0) throw new Refused(t("Nothing of this can be shown here."));
  const place = at ? viewportCoordsToSceneCoords(at, api.getAppState()) : middleOfView(api);
  const [left, top, right, bottom] = getCommonBounds(elements);
  const dx = place.x - (left + right) / 2;
  const dy = place.y - (top + bottom) / 2;
  const scene = elements as unknown as Parameters<typeof copyWithNewIds>[0];
  const copies = copyWithNewIds(scene, newElementId, dx, dy) as unknown as Elements;
  // First: an image whose bytes are not there is asked for.
  api.addFiles(Object.values(item.files));
  const own = copies.filter((one) => !("containerId" in one && one.containerId));
  const ids = own.map(({ id }) => id);
  addElements(api, grouped(copies), ids, IMMEDIATELY);
}

/** Several elements are one thing: they stay together until somebody ungroups them. */
function grouped(elements: Elements): Elements {
  const [first, ...others] = elements;
  const isOne = others.every((one) => "containerId" in one && one.containerId === first?.id);
  const outer = elements.map(({ groupIds }) => groupIds.at(-1));
  if (isOne || outer.every((group) => group !== undefined && group === outer[0])) return elements;
  const group = newElementId();
  return elements.map((one) => ({ ...one, groupIds: [...one.groupIds, group] }));
}

/** What is selected as an item of a library. Throws `Refused` with the reason. */
export function itemOfSelection(api: ExcalidrawImperativeAPI, doc: Y.Doc): Omit<Item, "position"> {
  const selected = selectionOf(api);
  if (selected.length === 0) throw new Refused(t("Select something on the board first."));
  const elements = selected.map((one) => inFile(one, doc)) as unknown as readonly FileElement[];
  return newItem("", elements, imagesOf(elements, api.getFiles()));
}
