/** The libraries as the panel lists them: one's own first, those of others, then the starter set. */
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { t } from "../i18n";
import type { Item } from "./item";
import type { Libraries } from "./libraries";
import { type LibraryInfo, MINE } from "./server";
import { starterSets } from "./starter/starter";
import type { LibraryStore } from "./store";

export interface Shelf {
  readonly id: string;
  readonly title: string;
  readonly canChange: boolean;
  /** What is in it for good; `null` when a store says so. */
  readonly fixed: readonly Item[] | null;
}

/** Those that hold something, or that this person may fill. */
export function useShelves(libraries: Libraries): readonly Shelf[] {
  const infos = useSyncExternalStore(libraries.subscribe, libraries.list);
  const [starter] = useState(() =>
    starterSets().map(({ id, title, items }) => ({ id, title, canChange: false, fixed: items })),
  );
  return useMemo(() => {
    const used = infos.filter(({ id, canChange, count }) => id === MINE || canChange || count > 0);
    const own = used.map((info) => ({
      ...{ id: info.id, title: titleOf(info), canChange: info.canChange, fixed: null },
    }));
    return [...own, ...starter];
  }, [infos, starter]);
}

function titleOf({ kind, name }: LibraryInfo): string {
  if (kind === "person") return t("My library");
  return kind === "space" ? name : t("For everybody here");
}

/** What is on a shelf; `null` while that is asked for. Those that are closed are not asked for. */
export function useItems(
  shelf: Shelf,
  libraries: Libraries,
  isOpen: boolean,
): [readonly Item[] | null, LibraryStore | null] {
  const [store, setStore] = useState<LibraryStore | null>(null);
  useEffect(() => {
    if (isOpen && !shelf.fixed) setStore(libraries.store(shelf.id));
  }, [isOpen, shelf, libraries]);
  const items = useSyncExternalStore(store?.subscribe ?? never, store?.items ?? nothing);
  return [shelf.fixed ?? items, store];
}

function never(): () => void {
  return () => {};
}

function nothing(): null {
  return null;
}
