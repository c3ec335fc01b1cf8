/** The foot of the panel: what was done, what is being done, and what can be done with an item. */
import type { ReactNode } from "react";
import { t } from "../i18n";
import { PANEL_HEADING, useReturnFocus } from "../page/useReturnFocus";
import type { Chosen } from "./chosen";
import { ItemActions } from "./ItemActions";
import type { Item } from "./item";
import type { Shelf } from "./shelves";
import type { LibraryStore } from "./store";

/** What was done, or why not; with a way back if there is one. */
export interface Told {
  readonly text: string;
  readonly undo?: () => void;
}

interface FootProps {
  readonly told: Told | null;
  /** Ends what is being added; `null` when nothing is. */
  readonly stop: (() => void) | null;
  readonly actions: ReactNode;
}

export function Foot({ told, stop, actions }: FootProps) {
  return (
    <div className="library-foot">
      <div role="status" className="library-told">
        {stop ? t("Adding…") : told?.text}
        {stop && <BriefButton label={t("Cancel")} onClick={stop} />}
        {!stop && told?.undo && <BriefButton label={t("Undo")} onClick={told.undo} />}
      </div>
      {actions}
    </div>
  );
}

/** A button that goes away when it is pressed: the focus goes back into the panel. */
function BriefButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  useReturnFocus(PANEL_HEADING);
  return (
    <button type="button" className="button" onClick={onClick}>
      {label}
    </button>
  );
}

interface ChosenActionsProps {
  readonly chosen: Chosen;
  readonly shelves: readonly Shelf[];
  readonly isRenaming: boolean;
  readonly onRenaming: (isRenaming: boolean) => void;
  readonly onInsert: () => void;
  readonly onRemove: (item: Item, store: LibraryStore) => void;
  readonly onCopy: (library: string, title: string) => void;
  readonly onClose: () => void;
}

export function ChosenActions({ chosen, shelves, ...props }: ChosenActionsProps) {
  const { library, store } = chosen;
  const all = store?.items() ?? [];
  // It may have got another name since it was chosen.
  const item = all.find(({ id }) => id === chosen.item.id) ?? chosen.item;
  const at = all.indexOf(item);
  const targets = shelves.filter(({ id, canChange }) => canChange && id !== library);
  return (
    <ItemActions
      item={item}
      label={item.name || t("Drawing without a name")}
      change={
        store && {
          rename: (name) => store.rename(item.id, name),
          move: (by) => store.move(item.id, at + by),
          remove: () => props.onRemove(item, store),
        }
      }
      isRenaming={props.isRenaming}
      onRenaming={props.onRenaming}
      onInsert={props.onInsert}
      targets={targets}
      onCopy={({ id, title }) => props.onCopy(id, title)}
      onClose={props.onClose}
    />
  );
}
