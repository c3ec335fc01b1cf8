/** The list of conflicts beside the canvas; all of it works with the keyboard. */
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { t } from "../i18n";
import { SidePanel } from "../page/SidePanel";
import { TimeAgo } from "../page/TimeAgo";
import { PANEL_HEADING } from "../page/useReturnFocus";
import type { ConflictActions } from "./actions";
import type { Ghost } from "./ghost";
import { type Conflict, type ConflictList, canKeepBoth } from "./list";
import type { Side } from "./record";
import { colourOf, countConflicts, elementLabel, groupLabel, valueLabel } from "./words";

export interface ConflictTools {
  readonly actions: ConflictActions;
  readonly ghost: Ghost;
}

interface ConflictPanelProps {
  readonly list: ConflictList;
  readonly tools: ConflictTools;
  readonly canEdit: boolean;
  /** The element to begin with. */
  readonly first?: string | null;
  readonly onClose: () => void;
}

export function ConflictPanel(props: ConflictPanelProps) {
  const { list, tools, canEdit, first = null, onClose } = props;
  const conflicts = useSyncExternalStore(list.subscribe, list.snapshot);
  useEffect(() => () => tools.ghost.hide(), [tools]);
  const onChosen = useFocusAfterChoice(conflicts);
  useFirst(first);
  return (
    <SidePanel title={countConflicts(conflicts.length)} onClose={onClose}>
      {conflicts.length === 0 ? (
        <p className="panel-note">{t("All conflicts are resolved.")}</p>
      ) : (
        <p className="panel-note">
          {t(
            "Two people changed the same thing without seeing each other’s change. What everyone sees now stays until someone chooses.",
          )}
        </p>
      )}
      {canEdit && <Batch conflicts={conflicts} actions={tools.actions} onChosen={onChosen} />}
      <ul className="panel-list">
        {conflicts.map((conflict) => (
          <ConflictItem
            key={conflict.key}
            conflict={conflict}
            tools={tools}
            canEdit={canEdit}
            onChosen={onChosen}
          />
        ))}
      </ul>
    </SidePanel>
  );
}

/** Brings the conflicts of an element into view, and the keyboard to them. */
function useFirst(element: string | null): void {
  useLayoutEffect(() => {
    if (element === null) return;
    const item = document.querySelector(`.panel-item[data-element="${CSS.escape(element)}"]`);
    item?.scrollIntoView({ block: "nearest" });
    item?.querySelector<HTMLElement>("button")?.focus();
  }, [element]);
}

/**
 * A resolved conflict leaves the list, and with it the focused button. The heading, which says how
 * many are left, takes it. Returns what to call before a choice.
 */
function useFocusAfterChoice(conflicts: readonly Conflict[]): () => void {
  const isChosen = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the list has changed.
  useLayoutEffect(() => {
    if (!isChosen.current) return;
    isChosen.current = false;
    document.querySelector<HTMLElement>(PANEL_HEADING)?.focus();
  }, [conflicts]);
  return () => {
    isChosen.current = true;
  };
}

/** After a long stretch offline: one choice for all conflicts. */
function Batch({
  conflicts,
  actions,
  onChosen,
}: {
  readonly conflicts: readonly Conflict[];
  readonly actions: ConflictActions;
  readonly onChosen: () => void;
}) {
  const own = conflicts.filter(({ ownSide }) => ownSide >= 0);
  if (own.length < 2) return null;
  const mine = own.map((conflict) => ({ conflict, side: conflict.ownSide }));
  const theirs = own.map((conflict) => ({ conflict, side: otherSide(conflict) }));
  const choose = (choices: typeof mine) => {
    onChosen();
    actions.choose(choices);
  };
  return (
    <p className="panel-actions">
      <button type="button" className="button" onClick={() => choose(mine)}>
        {t("Keep all mine")}
      </button>
      <button type="button" className="button" onClick={() => choose(theirs)}>
        {t("Keep all theirs")}
      </button>
    </p>
  );
}

/** Of the others' values the one that is shown, else the first. */
function otherSide({ sides, ownSide, shownSide }: Conflict): number {
  if (shownSide >= 0 && shownSide !== ownSide) return shownSide;
  return sides.findIndex((_side, index) => index !== ownSide);
}

interface ItemProps {
  readonly conflict: Conflict;
  readonly tools: ConflictTools;
  readonly canEdit: boolean;
  readonly onChosen: () => void;
}

function ConflictItem({ conflict, tools, canEdit, onChosen }: ItemProps) {
  const { actions, ghost } = tools;
  const label = t("{property} of {element}", {
    property: groupLabel(conflict.group),
    element: elementLabel(conflict),
  });
  return (
    <li className="panel-item" aria-label={label} data-element={conflict.element}>
      <button
        type="button"
        className="panel-title"
        onClick={() => actions.flyTo(conflict.element)}
        title={t("Show on the canvas")}
      >
        <strong>{groupLabel(conflict.group)}</strong> {elementLabel(conflict)}
      </button>
      <p className="panel-time">
        <TimeAgo at={conflict.at} />
      </p>
      <ul className="conflict-sides">
        {conflict.sides.map((side, index) => (
          <SideRow
            key={side.id}
            conflict={conflict}
            index={index}
            side={side}
            tools={tools}
            canEdit={canEdit}
            onChosen={onChosen}
          />
        ))}
      </ul>
      {canEdit && canKeepBoth(conflict) && (
        <button
          type="button"
          className="button"
          onClick={() => {
            ghost.hide();
            onChosen();
            actions.keepBoth(conflict);
          }}
        >
          {t("Keep both")}
        </button>
      )}
    </li>
  );
}

interface SideRowProps extends ItemProps {
  readonly side: Side;
  readonly index: number;
}

function SideRow({ conflict, side, index, tools, canEdit, onChosen }: SideRowProps) {
  const { actions, ghost } = tools;
  const isOwn = index === conflict.ownSide;
  const isShown = index === conflict.shownSide;
  const look = () =>
    void (isShown ? ghost.hide() : ghost.show(actions.preview(conflict, side.value)));
  const leave = () => ghost.hide();
  const colour = colourOf(conflict, side.value);
  return (
    <li className="conflict-side" data-shown={isShown} onPointerEnter={look} onPointerLeave={leave}>
      <span className="conflict-who">
        <span className="conflict-name">{isOwn ? t("You") : side.name}</span>
        {isShown && <span className="badge">{t("shown")}</span>}
        <span className="conflict-value">
          {colour && <span className="conflict-colour" style={{ background: colour }} />}
          {valueLabel(conflict, side.value)}
        </span>
      </span>
      {canEdit && (
        <button
          type="button"
          className="button"
          onFocus={look}
          onBlur={leave}
          onClick={() => {
            ghost.hide();
            onChosen();
            actions.choose([{ conflict, side: index }]);
          }}
        >
          {keepLabel(conflict, side, isOwn)}
        </button>
      )}
    </li>
  );
}

function keepLabel({ ownSide, sides }: Conflict, side: Side, isOwn: boolean): string {
  if (isOwn) return t("Keep mine");
  return ownSide >= 0 && sides.length === 2
    ? t("Keep theirs")
    : t("Keep {name}’s", { name: side.name });
}
