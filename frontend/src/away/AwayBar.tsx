import { useSyncExternalStore } from "react";
import { t } from "../i18n";
import { Notice } from "../page/Notice";
import { summary } from "./changes";
import type { AwayWatch } from "./watch";

interface AwayBarProps {
  readonly away: AwayWatch;
  readonly onShow: () => void;
}

/** One line under the top bar: who did how much while nobody looked. */
export function AwayBar({ away, onShow }: AwayBarProps) {
  const changes = useSyncExternalStore(away.subscribe, away.snapshot);
  return (
    <div role="status">
      {changes.length > 0 && (
        <Notice onDismiss={away.dismiss}>
          <p>{t("While you were away: {changes}", { changes: summary(changes) })}</p>
          <button type="button" className="button" onClick={onShow}>
            {t("Show")}
          </button>
        </Notice>
      )}
    </div>
  );
}
