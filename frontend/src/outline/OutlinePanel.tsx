/** All objects of the canvas as a list: to find, to jump, and to work without seeing or a mouse. */
import { useLayoutEffect, useMemo, useState } from "react";
import { t, tn } from "../i18n";
import { SidePanel } from "../page/SidePanel";
import "../styles/outline.css";
import type { Hands } from "./hands";
import { OutlineActions } from "./OutlineActions";
import { OutlineTree } from "./OutlineTree";
import type { OutlineEntry } from "./read";

/** More are slow to show, and to go through. */
const MOST_SHOWN = 500;

interface OutlinePanelProps {
  readonly entries: readonly OutlineEntry[];
  readonly hands: Hands;
  readonly canEdit: boolean;
  readonly canComment: boolean;
  readonly isReadingOut: boolean;
  readonly onReadingOut: (isOn: boolean) => void;
  readonly onComment: () => void;
  readonly onClose: () => void;
}

export function OutlinePanel(props: OutlinePanelProps) {
  const { entries, hands, canEdit, canComment, onComment, onClose } = props;
  const [filter, setFilter] = useState("");
  const [current, setCurrent] = useState(() => hands.selected() ?? "");
  /** What an arrow begins at that still needs its other end. */
  const [start, setStart] = useState<OutlineEntry | null>(null);
  const found = useMemo(() => matching(entries, filter), [entries, filter]);
  const shown = found.slice(0, MOST_SHOWN);
  const chosen = shown.find(({ id }) => id === current) ?? shown[0];
  const visit = (entry: OutlineEntry | undefined) => {
    if (!entry) return;
    setCurrent(entry.id);
    if (start) {
      hands.connect(start.id, entry.id);
      setStart(null);
    } else hands.show(entry.id);
  };
  useTree(start);
  return (
    <SidePanel title={t("Outline")} onClose={onClose}>
      <Filter value={filter} onChange={setFilter} found={found.length} all={entries.length} />
      {entries.length === 0 && <Empty canEdit={canEdit} />}
      {start && (
        <p className="panel-note" role="status">
          {t("Choose where the arrow from {a} leads.", { a: start.label })}{" "}
          <button type="button" className="link-button" onClick={() => setStart(null)}>
            {t("Cancel")}
          </button>
        </p>
      )}
      <OutlineTree
        entries={shown}
        current={chosen?.id ?? ""}
        onCurrent={setCurrent}
        onVisit={visit}
        onTake={(entry) => (start ? visit(entry) : hands.take(entry.id))}
        onLabel={(entry) => canEdit && hands.label(entry.id)}
        onDelete={(entry) => canEdit && hands.delete(entry.id)}
      />
      {found.length > shown.length && (
        <p className="panel-note">
          {t("Only the first {n} are shown. Search for the others.", { n: MOST_SHOWN })}
        </p>
      )}
      {chosen && !start && (
        <OutlineActions
          entry={chosen}
          hands={hands}
          canEdit={canEdit}
          canComment={canComment}
          onConnect={() => setStart(chosen)}
          onComment={() => {
            hands.show(chosen.id);
            onComment();
          }}
        />
      )}
      <label className="outline-voice">
        <input
          type="checkbox"
          checked={props.isReadingOut}
          onChange={({ target }) => props.onReadingOut(target.checked)}
        />
        {t("Read out what others change")}
      </label>
    </SidePanel>
  );
}

/** The tree has the keys once an arrow begins or ends: what was pressed is gone. */
function useTree(start: OutlineEntry | null): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: when an arrow begins or ends.
  useLayoutEffect(() => {
    if (document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>('.outline-list [tabindex="0"]')?.focus();
  }, [start]);
}

function matching(entries: readonly OutlineEntry[], filter: string): readonly OutlineEntry[] {
  const words = filter.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries
    .filter(({ label, detail }) => {
      const text = `${label} ${detail}`.toLocaleLowerCase();
      return words.every((word) => text.includes(word));
    })
    .map((entry) => ({ ...entry, depth: 0 }));
}

interface FilterProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly found: number;
  readonly all: number;
}

function Filter({ value, onChange, found, all }: FilterProps) {
  return (
    <>
      <p className="field outline-filter">
        <input
          type="search"
          aria-label={t("Search the outline")}
          placeholder={t("Search the outline")}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      </p>
      <p className="panel-note" role="status">
        {value.trim() === ""
          ? tn(all, "One object", "{n} objects")
          : tn(found, "One object found", "{n} objects found")}
      </p>
    </>
  );
}

function Empty({ canEdit }: { readonly canEdit: boolean }) {
  return (
    <p className="panel-note">
      {canEdit
        ? t("Nothing is drawn yet. On the canvas, press R and then Enter for a first rectangle.")
        : t("Nothing is drawn yet.")}
    </p>
  );
}
