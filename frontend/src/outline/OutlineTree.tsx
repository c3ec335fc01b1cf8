/** The objects as a tree: one tab stop, and the arrow keys inside, as ARIA's pattern says. */
import { type RefObject, useLayoutEffect, useRef } from "react";
import { t } from "../i18n";
import { CLOSE_KEY } from "../keys/shortcuts";
import type { OutlineEntry } from "./read";

/** What stands deeper is drawn no further to the right. */
const DEEPEST = 3;

interface OutlineTreeProps {
  readonly entries: readonly OutlineEntry[];
  readonly current: string;
  readonly onCurrent: (id: string) => void;
  readonly onVisit: (entry: OutlineEntry | undefined) => void;
  readonly onTake: (entry: OutlineEntry) => void;
  readonly onLabel: (entry: OutlineEntry) => void;
  readonly onDelete: (entry: OutlineEntry) => void;
}

export function OutlineTree(props: OutlineTreeProps) {
  const { entries, current, onCurrent, onVisit } = props;
  const list = useRef<HTMLDivElement>(null);
  const at = entries.findIndex(({ id }) => id === current);
  const move = (to: number) => {
    const entry = entries[Math.max(0, Math.min(to, entries.length - 1))];
    if (!entry) return;
    onCurrent(entry.id);
    list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(entry.id)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const entry = entries[at];
    const does: Record<string, () => unknown> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      Home: () => move(0),
      End: () => move(entries.length - 1),
      " ": () => onVisit(entry),
      Enter: () => entry && props.onTake(entry),
      F2: () => entry && props.onLabel(entry),
      Delete: () => entry && props.onDelete(entry),
    };
    const action = does[event.key];
    if (!action || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  useKeys(list, onKeyDown);
  return (
    <div ref={list} className="outline-list" role="tree" aria-label={t("Objects")}>
      {entries.map((entry) => (
        <Item
          key={entry.id}
          entry={entry}
          isCurrent={entry.id === current}
          onVisit={() => onVisit(entry)}
          onCurrent={() => onCurrent(entry.id)}
        />
      ))}
    </div>
  );
}

interface ItemProps {
  readonly entry: OutlineEntry;
  readonly isCurrent: boolean;
  readonly onVisit: () => void;
  readonly onCurrent: () => void;
}

function Item({ entry, isCurrent, onVisit, onCurrent }: ItemProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    <div
      role="treeitem"
      data-id={entry.id}
      data-depth={Math.min(entry.depth, DEEPEST)}
      aria-level={entry.depth + 1}
      aria-selected={isCurrent}
      tabIndex={isCurrent ? 0 : -1}
      onClick={onVisit}
      onFocus={onCurrent}
    >
      <span>{entry.label}</span>
      {entry.detail && <span className="outline-detail">{entry.detail}</span>}
    </div>
  );
}

/**
 * The keys of the tree would move, delete or label what is selected on the canvas. Not by React, which
 * hears of them only after the editor.
 */
function useKeys(list: RefObject<HTMLElement | null>, onKeyDown: (event: KeyboardEvent) => void) {
  const current = useRef(onKeyDown);
  current.current = onKeyDown;
  useLayoutEffect(() => {
    const element = list.current;
    const listen = (event: KeyboardEvent) => current.current(event);
    const keep = (event: KeyboardEvent) => {
      if (event.key !== CLOSE_KEY) event.stopPropagation();
    };
    element?.addEventListener("keydown", listen);
    element?.addEventListener("keyup", keep);
    return () => {
      element?.removeEventListener("keydown", listen);
      element?.removeEventListener("keyup", keep);
    };
  }, [list]);
}
