import { useSyncExternalStore } from "react";
import { t, tn } from "../i18n";
import { ConflictIcon } from "../page/icons";
import type { ConflictList } from "./list";
import { countConflicts } from "./words";

interface ConflictBadgeProps {
  readonly list: ConflictList;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** In the top bar while there is something to decide. */
export function ConflictBadge({ list, isOpen, onToggle }: ConflictBadgeProps) {
  const { length } = useSyncExternalStore(list.subscribe, list.snapshot);
  const label = length > 0 ? countConflicts(length) : "";
  return (
    <>
      {length > 0 && (
        <button
          type="button"
          className="button board-conflicts"
          aria-expanded={isOpen}
          title={t("Two people changed the same thing without seeing each other’s change")}
          onClick={onToggle}
        >
          <ConflictIcon />
          <span>{length}</span>
          <span className="board-conflicts-word">{tn(length, "conflict", "conflicts")}</span>
        </button>
      )}
      <span className="visually-hidden" role="status">
        {label && t("{conflicts} to resolve", { conflicts: label })}
      </span>
    </>
  );
}
