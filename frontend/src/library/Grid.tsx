/** The items of a library beside each other: one tab stop, and the arrow keys inside. */
import { useLayoutEffect, useRef, useState } from "react";
import { t } from "../i18n";
import { LIBRARY_KEYS } from "../keys/shortcuts";
import { beginDrag, draggedItem, endDrag } from "./drag";
import type { Drawn } from "./insert";
import type { Item } from "./item";
import { Preview } from "./Preview";

export interface GridActions {
  /** `isByKey`: the keys go on working in the list. */
  readonly onInsert: (item: Item, isByKey: boolean) => void;
  /** Shows what can be done with an item. */
  readonly onChoose: (item: Item) => void;
  /** `null` where nothing may be changed. */
  readonly onRename: ((item: Item) => void) | null;
  readonly onRemove: ((item: Item) => void) | null;
  /** To a place that is counted without the item. */
  readonly onMove: ((id: string, place: number) => void) | null;
}

interface GridProps extends GridActions {
  readonly library: string;
  readonly title: string;
  readonly items: readonly Item[];
  readonly chosen: string | null;
}

export function Grid(props: GridProps) {
  const { library, title, items, chosen, onMove } = props;
  const list = useRef<HTMLUListElement>(null);
  const [current, setCurrent] = useState("");
  const moved = useRef<string | null>(null);
  const at = Math.max(
    0,
    items.findIndex(({ id }) => id === current),
  );
  const focus = (place: number) => {
    const item = items[Math.max(0, Math.min(place, items.length - 1))];
    if (!item) return;
    setCurrent(item.id);
    tileOf(list.current, item.id)?.focus();
  };
  useKeys(list, (event) => {
    const item = items[at];
    if (!item) return;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columnsOf(list.current) }[event.key];
    const by = event.key === "ArrowUp" ? -columnsOf(list.current) : step;
    const does: Record<string, () => unknown> = {
      Home: () => focus(0),
      End: () => focus(items.length - 1),
      [LIBRARY_KEYS.rename]: () => props.onRename?.(item),
      [LIBRARY_KEYS.remove]: () => {
        props.onRemove?.(item);
        focus(at + 1 < items.length ? at + 1 : at - 1);
      },
    };
    const action =
      by === undefined ? does[event.key] : () => (event.altKey ? move(by) : focus(at + by));
    if (!action || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
  const move = (by: number) => {
    const item = items[at];
    if (!item) return;
    moved.current = item.id;
    onMove?.(item.id, at + by);
  };
  useLayoutEffect(() => {
    if (moved.current === null) return;
    // Moving it in the page takes the focus away from it.
    if (document.activeElement === document.body) tileOf(list.current, moved.current)?.focus();
    moved.current = null;
  });
  return (
    <ul ref={list} className="library-grid" aria-label={title}>
      {items.map((item, n) => (
        <Tile
          key={item.id}
          {...props}
          item={item}
          label={item.name || t("Drawing {n}", { n: n + 1 })}
          place={n}
          isCurrent={n === at}
          isChosen={item.id === chosen}
          onCurrent={() => setCurrent(item.id)}
          library={library}
        />
      ))}
    </ul>
  );
}

interface TileProps extends GridProps {
  readonly item: Item;
  readonly label: string;
  readonly place: number;
  readonly isCurrent: boolean;
  readonly isChosen: boolean;
  readonly onCurrent: () => void;
}

function Tile(props: TileProps) {
  const { library, item, label, place, isCurrent, isChosen, onInsert, onChoose, onMove } = props;
  const isTarget = () => onMove !== null && draggedItem()?.library === library;
  return (
    <li
      className="library-item"
      data-chosen={isChosen}
      onDragOver={(event) => isTarget() && event.preventDefault()}
      onDrop={(event) => {
        const dragged = draggedItem();
        if (!isTarget() || !dragged) return;
        event.preventDefault();
        onMove?.(dragged.id, place);
      }}
    >
      <button
        type="button"
        className="library-tile"
        data-id={item.id}
        tabIndex={isCurrent ? 0 : -1}
        title={label}
        draggable
        onFocus={props.onCurrent}
        onClick={({ detail }) => onInsert(item, detail === 0)}
        onContextMenu={(event) => {
          event.preventDefault();
          onChoose(item);
        }}
        onDragStart={({ nativeEvent }) =>
          beginDrag(nativeEvent, { library, id: item.id, drawn: drawnOf(item) })
        }
        onDragEnd={endDrag}
      >
        <Preview drawn={drawnOf(item)} />
        <span className="library-name">{label}</span>
      </button>
      <button
        type="button"
        className="icon-button library-more"
        tabIndex={isCurrent ? 0 : -1}
        aria-label={t("More about “{name}”", { name: label })}
        aria-expanded={isChosen}
        onClick={() => onChoose(item)}
      >
        …
      </button>
    </li>
  );
}

/** The same object for the same content: a new name draws nothing again. */
const drawn = new WeakMap<object, Drawn>();

function drawnOf({ elements, files }: Item): Drawn {
  const known = drawn.get(elements) ?? { elements, files };
  drawn.set(elements, known);
  return known;
}

function tileOf(list: HTMLElement | null, id: string): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`) ?? null;
}

function columnsOf(list: HTMLElement | null): number {
  return list ? getComputedStyle(list).gridTemplateColumns.split(" ").length : 1;
}

/** Not by React, whose handlers hear of a key after those of the panel. */
function useKeys(
  list: React.RefObject<HTMLElement | null>,
  onKeyDown: (event: KeyboardEvent) => void,
): void {
  const latest = useRef(onKeyDown);
  latest.current = onKeyDown;
  useLayoutEffect(() => {
    const element = list.current;
    const onKey = (event: KeyboardEvent) => latest.current(event);
    element?.addEventListener("keydown", onKey);
    return () => element?.removeEventListener("keydown", onKey);
  }, [list]);
}
