import { useSyncExternalStore } from "react";
import { t, tn } from "../i18n";
import { Notice } from "../page/Notice";
import type { OwnHistory } from "./history";

interface UndoBarProps {
  readonly history: OwnHistory;
}

/** Asks before what others have changed since is taken back with its creation. */
export function UndoBar({ history }: UndoBarProps) {
  const kept = useSyncExternalStore(history.subscribe, history.snapshot);
  return (
    <div role="status">
      {kept.length > 0 && (
        <Notice onDismiss={history.dismiss}>
          <p>
            {tn(
              kept.length,
              "Not removed: others have changed it since you drew it.",
              "{n} objects were not removed: others have changed them since you drew them.",
            )}
          </p>
          <button type="button" className="button" onClick={history.removeKept}>
            {t("Remove anyway")}
          </button>
        </Notice>
      )}
    </div>
  );
}
