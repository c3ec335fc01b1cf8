/** What others did while this person was away, one by one. */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { ConflictTools } from "../conflicts/ConflictPanel";
import { elementLabel } from "../conflicts/words";
import { t } from "../i18n";
import { pressable } from "../page/buttons";
import { SidePanel } from "../page/SidePanel";
import { type AwayChange, joined } from "./changes";
import type { AwayWatch } from "./watch";

interface AwayPanelProps {
  readonly away: AwayWatch;
  readonly tools: ConflictTools;
  readonly canEdit: boolean;
  readonly onClose: () => void;
}

function doneLabel(kind: AwayChange["kind"]): string {
  if (kind === "created") return t("Created");
  return kind === "changed" ? t("Changed") : t("Deleted");
}

export function AwayPanel({ away, tools, canEdit, onClose }: AwayPanelProps) {
  const changes = useSyncExternalStore(away.subscribe, away.snapshot);
  const [current, setCurrent] = useState(-1);
  useEffect(() => () => tools.ghost.hide(), [tools]);
  const visit = (index: number) => {
    const change = changes[index];
    if (!change) return;
    setCurrent(index);
    show(change, tools);
  };
  const step = (by: number) => visit((current + by + changes.length) % changes.length);
  const dismiss = () => {
    away.dismiss();
    onClose();
  };
  return (
    <SidePanel title={t("While you were away")} onClose={onClose}>
      <p className="panel-actions">
        <button type="button" className="button" onClick={() => step(current < 0 ? 0 : -1)}>
          {t("Previous")}
        </button>
        <button type="button" className="button" onClick={() => step(1)}>
          {t("Next")}
        </button>
        <button type="button" className="button" onClick={dismiss}>
          {t("Dismiss all")}
        </button>
      </p>
      <ol className="panel-list">
        {changes.map((change, index) => (
          <AwayItem
            key={change.element}
            change={change}
            isCurrent={index === current}
            tools={tools}
            canEdit={canEdit}
            onVisit={() => visit(index)}
          />
        ))}
      </ol>
    </SidePanel>
  );
}

/** Flies there; what was deleted appears as a ghost. */
function show({ element, kind }: AwayChange, { actions, ghost }: ConflictTools): void {
  actions.flyTo(element);
  if (kind === "deleted") void ghost.show(actions.asItWas(element));
  else ghost.hide();
}

interface AwayItemProps {
  readonly change: AwayChange;
  readonly isCurrent: boolean;
  readonly tools: ConflictTools;
  readonly canEdit: boolean;
  readonly onVisit: () => void;
}

function AwayItem({ change, isCurrent, tools, canEdit, onVisit }: AwayItemProps) {
  const { actions, ghost } = tools;
  const [isRestored, setRestored] = useState(false);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) item.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  const restore = () => {
    ghost.hide();
    actions.restore(change.element);
    setRestored(true);
  };
  return (
    <li ref={item} className="panel-item" aria-current={isCurrent}>
      <button
        type="button"
        className="panel-title"
        onClick={onVisit}
        title={t("Show on the canvas")}
      >
        <strong>{doneLabel(change.kind)}</strong> {elementLabel(actions.describe(change.element))}
      </button>
      <p className="panel-time">{t("by {names}", { names: joined(change.authors) })}</p>
      {change.kind === "deleted" && canEdit && (
        <button type="button" className="button" {...pressable(!isRestored, restore)}>
          {isRestored ? t("Restored") : t("Restore")}
        </button>
      )}
    </li>
  );
}
