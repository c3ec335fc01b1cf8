/** The server accepts no more changes from this page; offers what can be done with unsaved ones. */
import { useSyncExternalStore } from "react";
import type { BoardConfig } from "../config";
import { downloadUnsaved, unsavedCount } from "../files/unsavedExport";
import { t, tn } from "../i18n";
import type { BoardSession } from "../sync/session";
import { notSaved } from "../sync/status";

interface RefusedBarProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
}

export function RefusedBar({ config, session }: RefusedBarProps) {
  const { changes } = useSyncExternalStore(session.subscribe, session.status);
  const unsaved = Math.max(changes, unsavedCount(session, config));
  // A copy that the server refuses would be refused again after every reload.
  const discard = async () => {
    const question = tn(
      changes,
      "1 change on this device will be lost. Discard it?",
      "{n} changes on this device will be lost. Discard them?",
    );
    if (changes > 0 && !window.confirm(question)) return;
    await session.discardCopy();
    window.location.reload();
  };
  return (
    <div className="board-notice problem" role="alert">
      <p>
        {t("The server closed the connection and no longer accepts changes from this page.")}
        {unsaved > 0 && ` ${notSaved(unsaved)}`}
      </p>
      {unsaved > 0 && (
        <button type="button" className="button" onClick={() => downloadUnsaved(session, config)}>
          {t("Download my changes")}
        </button>
      )}
      {changes > 0 && (
        <button type="button" className="button" onClick={discard}>
          {t("Discard my copy")}
        </button>
      )}
      <button type="button" className="button" onClick={() => window.location.reload()}>
        {t("Reload the page")}
      </button>
    </div>
  );
}
