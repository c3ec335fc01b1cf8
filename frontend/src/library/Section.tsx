/** One library in the panel: what is in it, and what can be added to it. */
import { type ReactNode, useRef, useState } from "react";
import { t, tn } from "../i18n";
import type { Chosen } from "./chosen";
import { Grid } from "./Grid";
import type { Item } from "./item";
import type { Libraries } from "./libraries";
import type { Shelf } from "./shelves";
import { useItems } from "./shelves";
import type { LibraryStore } from "./store";

export interface SectionActions {
  readonly onInsert: (item: Item, isByKey: boolean) => void;
  readonly onChoose: (chosen: Chosen, isRenaming: boolean) => void;
  readonly onAddSelection: (shelf: Shelf, store: LibraryStore) => void;
  readonly onFiles: (files: readonly File[], store: LibraryStore) => void;
  readonly onSave: (items: readonly Item[]) => void;
  readonly onRemove: (item: Item, store: LibraryStore) => void;
}

interface SectionProps extends SectionActions {
  readonly shelf: Shelf;
  readonly libraries: Libraries;
  readonly isOpenFirst: boolean;
  /** Lower case; what does not contain it is not shown. */
  readonly filter: string;
  readonly chosen: Chosen | null;
  readonly hint: string;
}

export function Section(props: SectionProps) {
  const { shelf, libraries, filter, chosen, hint } = props;
  const [isOpen, setOpen] = useState(props.isOpenFirst);
  const isSearching = filter !== "";
  const [all, store] = useItems(shelf, libraries, isOpen || isSearching);
  const items = isSearching
    ? (all ?? []).filter(({ name }) => name.toLocaleLowerCase().includes(filter))
    : all;
  if (isSearching && items?.length === 0) return null;
  const changed = shelf.canChange ? store : null;
  return (
    <details
      className="library-section"
      open={isOpen || isSearching}
      onToggle={({ currentTarget }) => !isSearching && setOpen(currentTarget.open)}
      onDragOver={(event) => {
        if (changed && event.dataTransfer.types.includes("Files")) event.preventDefault();
      }}
      onDrop={(event) => {
        const files = [...event.dataTransfer.files];
        if (!changed || files.length === 0) return;
        event.preventDefault();
        props.onFiles(files, changed);
      }}
    >
      <summary>
        <span>{shelf.title}</span>
        {all && <span className="library-count">{all.length}</span>}
      </summary>
      {items === null && <p className="panel-note">{t("Loading…")}</p>}
      {items?.length === 0 && <p className="panel-note">{hint}</p>}
      {items && items.length > 0 && (
        <Grid
          library={shelf.id}
          title={`${shelf.title}: ${tn(items.length, "1 drawing", "{n} drawings")}`}
          items={items}
          chosen={chosen?.library === shelf.id ? chosen.item.id : null}
          onInsert={props.onInsert}
          onChoose={(item) => props.onChoose({ library: shelf.id, item, store: changed }, false)}
          onRename={
            changed && ((item) => props.onChoose({ library: shelf.id, item, store: changed }, true))
          }
          onRemove={changed && ((item) => props.onRemove(item, changed))}
          onMove={changed && !isSearching ? (id, place) => changed.move(id, place) : null}
        />
      )}
      {all && !isSearching && <SectionButtons {...props} items={all} store={changed} />}
    </details>
  );
}

interface ButtonsProps extends SectionProps {
  readonly items: readonly Item[];
  readonly store: LibraryStore | null;
}

function SectionButtons({ shelf, items, store, onAddSelection, onFiles, onSave }: ButtonsProps) {
  const field = useRef<HTMLInputElement>(null);
  const buttons: ReactNode[] = [];
  if (store) {
    buttons.push(
      <button
        key="selection"
        type="button"
        className="button"
        onClick={() => onAddSelection(shelf, store)}
      >
        {t("Add the selection")}
      </button>,
      <button key="file" type="button" className="button" onClick={() => field.current?.click()}>
        {t("Add a file")}
      </button>,
    );
  }
  if (items.length > 0) {
    buttons.push(
      <button key="save" type="button" className="button" onClick={() => onSave(items)}>
        {t("Save as a file")}
      </button>,
    );
  }
  return (
    <p className="panel-actions library-buttons">
      {buttons}
      {store && (
        <input
          ref={field}
          type="file"
          hidden
          multiple
          accept=".excalidrawlib,application/json"
          aria-label={t("Add a file")}
          onChange={({ target }) => {
            onFiles([...(target.files ?? [])], store);
            target.value = "";
          }}
        />
      )}
    </p>
  );
}
