/** What a library consists of: drawings with a name, in an order. */
import type { BinaryFileData } from "@excalidraw/excalidraw/types";
import type { FileElement } from "../canvas/file";

/** The images that elements show, by their ids, as in a file. */
export type Images = Readonly<Record<string, BinaryFileData>>;

export interface Item {
  readonly id: string;
  /** May be empty. */
  readonly name: string;
  /** Items are in the order of these numbers. */
  readonly position: number;
  /** In the form of files. */
  readonly elements: readonly FileElement[];
  readonly files: Images;
}

/** As the server; a library on the device alone has these bounds too. */
export const MAX_ITEMS = 1_000;
export const MAX_ITEM_BYTES = 2_000_000;
export const MAX_FILE_MEGABYTES = 20;
export const MAX_NAME = 100;

export function inOrder(items: Iterable<Item>): readonly Item[] {
  return [...items].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
}

/** The position behind all of these. */
export function lastPosition(items: readonly Item[]): number {
  return (items.at(-1)?.position ?? 0) + 1;
}

/**
 * The position that moves an item to a place among the others; `null` when it stands there already.
 * `place` counts as if the item itself were not in the list.
 */
export function positionAt(items: readonly Item[], id: string, place: number): number | null {
  const others = items.filter((one) => one.id !== id);
  const at = Math.max(0, Math.min(place, others.length));
  if (items[at]?.id === id) return null;
  const before = others[at - 1]?.position;
  const after = others[at]?.position;
  if (before === undefined) return (after ?? 1) - 1;
  return after === undefined ? before + 1 : (before + after) / 2;
}
