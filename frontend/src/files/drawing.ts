/** Drawings in files and on the clipboard, of any age, as the scene shows them. */
import { restoreElements } from "@excalidraw/excalidraw";
import type { BinaryFiles } from "@excalidraw/excalidraw/types";
import { copyWithNewIds } from "../canvas/copy";
import { type FileElement, type RestoreAll, shownElements } from "../canvas/file";
import type { SceneElement } from "../canvas/groups";
import { shortened } from "../characters";
import { t, tn } from "../i18n";
import { newElementId } from "../page/ids";
import type { Sketch } from "./embedded";
import { inTheirShapes } from "./labels";
import { Refused } from "./refused";

/** More than a board can hold; what was exported can always be added again. */
export const MAX_ELEMENTS = 200_000;
export const MAX_ITEMS = 1_000;
/** That of new texts. */
const FONT = "20px Excalifont";
/** Between the items of a library, in the units of the canvas. */
const GAP = 40;
const ROW = 2_000;
/** Addresses in a message, and how much of each. */
const [MOST_NAMED, MOST_SHOWN] = [3, 80];

export interface Drawing {
  readonly elements: SceneElement[];
  readonly files: BinaryFiles;
  /** How many elements could not be taken. */
  readonly left: number;
  /** What became of it, in a sentence. */
  readonly note?: string;
  /** Pictures that are elsewhere: which of `elements`, from 1, stands in the place of each. */
  readonly unfetched?: readonly Unfetched[];
}

export interface Unfetched {
  readonly element: number;
  readonly address: string;
}

interface DrawingFile {
  readonly type?: unknown;
  readonly elements?: unknown;
  readonly files?: unknown;
  readonly library?: unknown;
  readonly libraryItems?: unknown;
  readonly [key: string]: unknown;
}

/**
 * The drawing in the text of a file: `.excalidraw`, `.excalidrawlib`, Nextcloud's `.whiteboard`,
 * tldraw's `.tldr`, draw.io's `.drawio` and `.xml`, the lines of a `.csv` file, or the diagram of a
 * Mermaid file.
 */
export async function parseDrawing(text: string, name = ""): Promise<Drawing> {
  if (name.toLowerCase().endsWith(".csv")) {
    const { notesOf } = await import("./csv");
    await loadFont(text);
    return { ...drawingOf(notesOf(text), true), files: {} };
  }
  if (/\.(?:mmd|mermaid)$/i.test(name)) {
    const { elementsOfMermaid } = await import("../mermaid/convert");
    const elements = (await elementsOfMermaid(text)) as unknown as SceneElement[];
    return { elements, files: {}, left: 0 };
  }
  if (/^\s*</.test(text)) return diagramOf(text);
  const file: DrawingFile | null = JSON.parse(text);
  if (typeof file !== "object" || file === null) throw new Error("This is no drawing.");
  if ("tldrawFileFormatVersion" in file) {
    const { elementsOfTldr } = await import("../tldraw/elements");
    await loadFont(text);
    return foreignDrawing(elementsOfTldr(file));
  }
  if (file.type === "excalidrawlib") return libraryOf(file.libraryItems ?? file.library);
  // Nextcloud writes no type.
  if (!Array.isArray(file.elements) || !["excalidraw", undefined].includes(file.type as string))
    throw new Error("This is no drawing.");
  return { ...drawingOf(file.elements), files: (file.files ?? {}) as BinaryFiles };
}

/** What is drawn in a file of draw.io. */
async function diagramOf(text: string): Promise<Drawing> {
  const { elementsOfDrawio } = await import("../drawio/elements");
  const sketch = await elementsOfDrawio(text);
  await loadFont(text);
  return foreignDrawing(sketch);
}

function foreignDrawing({ elements, files, left, simplified, unfetched }: Sketch): Drawing {
  const drawing = drawingOf(elements, true);
  const numbers = new Map(drawing.elements.map(({ id }, at) => [id, at + 1]));
  const notes = [
    ...(simplified > 0
      ? [tn(simplified, "1 shape became a box.", "{n} shapes became boxes.")]
      : []),
    ...(unfetched.length > 0 ? [notFetched(unfetched)] : []),
  ];
  return {
    ...drawing,
    left: drawing.left + left,
    files: files as unknown as BinaryFiles,
    ...(notes.length > 0 ? { note: notes.join(" ") } : {}),
    unfetched: unfetched.map(({ id, address }) => ({
      element: numbers.get(String(id)) ?? 0,
      address,
    })),
  };
}

function notFetched(unfetched: readonly { readonly address: string }[]): string {
  const named = unfetched.slice(0, MOST_NAMED).map(({ address }) => shortened(address, MOST_SHOWN));
  const addresses = [...named, ...(unfetched.length > MOST_NAMED ? ["…"] : [])].join(", ");
  return tn(
    unfetched.length,
    "1 picture is elsewhere and was not fetched: {addresses}",
    "{n} pictures are elsewhere and were not fetched: {addresses}",
    { addresses },
  );
}

/** Before texts are measured: a board without texts has loaded no font. */
async function loadFont(text: string): Promise<void> {
  const characters = [...new Set(text)].join("");
  // Without it they are measured in another font, as the editor shows them.
  await document.fonts?.load(FONT, characters).catch(() => []);
}

/**
 * The elements as the scene shows them, with what the editor does not know of each. `isMeasured`
 * lets the editor measure texts, and wrap those that stand in shapes, which come to their places then.
 */
export function drawingOf(
  elements: readonly FileElement[],
  isMeasured = false,
): Omit<Drawing, "files"> {
  if (elements.length > MAX_ELEMENTS)
    throw new Refused(
      t("This drawing has more than {n} elements and was not added.", { n: MAX_ELEMENTS }),
    );
  const restored = shownElements(elements, restoring(isMeasured), newElementId);
  const shown = isMeasured ? inTheirShapes(restored) : restored;
  const living = elements.filter((one) => one && !one.isDeleted && one.type !== "selection");
  return { elements: shown, left: Math.max(0, living.length - shown.length) };
}

/** What the editor makes of elements of any age; one that it stumbles over takes no other along. */
function restoring(refreshDimensions: boolean): RestoreAll {
  return (elements) => restoreAll(elements, refreshDimensions);
}

function restoreAll(elements: readonly FileElement[], refreshDimensions: boolean): SceneElement[] {
  const restore = (some: readonly FileElement[]) =>
    restoreElements(some as unknown as Parameters<typeof restoreElements>[0], null, {
      repairBindings: true,
      refreshDimensions,
    }) as unknown as SceneElement[];
  try {
    return restore(elements);
  } catch {
    return restore(elements.filter((one) => isRestorable(() => restore([one]))));
  }
}

function isRestorable(restore: () => unknown): boolean {
  try {
    restore();
    return true;
  } catch {
    return false;
  }
}

/** The items of a library, in rows beside each other; each is a group. */
function libraryOf(items: unknown): Drawing {
  if (!Array.isArray(items)) throw new Error("This is no library.");
  if (items.length > MAX_ITEMS)
    throw new Refused(
      t("This library has more than {n} items and was not added.", { n: MAX_ITEMS }),
    );
  const elements: SceneElement[] = [];
  let left = 0;
  let [x, y, height] = [0, 0, 0];
  for (const item of items) {
    const own = Array.isArray(item) ? item : (item as { elements?: unknown } | null)?.elements;
    if (!Array.isArray(own)) {
      left += 1;
      continue;
    }
    const drawn = drawingOf(own);
    left += drawn.left;
    const [minX, minY, maxX, maxY] = boxOf(drawn.elements);
    if (x > 0 && x + maxX - minX > ROW) [x, y, height] = [0, y + height + GAP, 0];
    const group = newElementId();
    // Items may share ids: what was kept twice has them twice.
    for (const one of copyWithNewIds(drawn.elements, newElementId, x - minX, y - minY)) {
      const groupIds =
        drawn.elements.length > 1 ? [...(one.groupIds as string[]), group] : one.groupIds;
      elements.push({ ...one, groupIds });
    }
    x += maxX - minX + GAP;
    height = Math.max(height, maxY - minY);
  }
  return { elements, files: {}, left };
}

function boxOf(elements: readonly SceneElement[]): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of elements) {
    left = Math.min(left, Number(x));
    top = Math.min(top, Number(y));
    right = Math.max(right, Number(x) + Number(width));
    bottom = Math.max(bottom, Number(y) + Number(height));
  }
  return elements.length === 0 ? [0, 0, 0, 0] : [left, top, right, bottom];
}
