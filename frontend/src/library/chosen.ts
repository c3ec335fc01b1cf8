/** The item whose actions the panel shows. */
import type { Item } from "./item";
import type { LibraryStore } from "./store";

export interface Chosen {
  readonly library: string;
  readonly item: Item;
  /** `null` where nothing may be changed. */
  readonly store: LibraryStore | null;
}
