/** The status in the top bar: connecting, saving, saved, reconnecting, offline. */
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { t, tn } from "../i18n";
import type { BoardSession } from "../sync/session";
import type { Status } from "../sync/status";

/** A state that lasts shorter than this is not read out. */
const ANNOUNCE_DELAY_MS = 1500;

export function StatusBadge({ session }: { readonly session: BoardSession }) {
  const current = useSyncExternalStore(session.subscribe, session.status);
  const { level } = useSyncExternalStore(session.subscribe, session.board);
  // People who may comment do more than view.
  const status = useMemo(
    () =>
      current.kind === "viewing" && level === "comment"
        ? { ...current, label: t("Can comment") }
        : current,
    [current, level],
  );
  const announced = useAnnouncement(status);
  return (
    <div className="status" data-kind={status.kind} title={titleOf(status)}>
      <span className="status-dot" aria-hidden="true" />
      <span className="status-text">
        <span className="status-label">{status.label}</span>
        {status.detail && <span className="status-detail">{status.detail}</span>}
      </span>
      {status.changes > 0 && status.kind !== "saving" && (
        <span className="status-count" aria-hidden="true">
          {status.changes}
        </span>
      )}
      {status.canRetry && (
        <button type="button" className="status-retry" onClick={session.retryNow}>
          <span className="status-wide">{t("Retry now")}</span>
          <span className="status-narrow">{t("Retry")}</span>
        </button>
      )}
      <span className="visually-hidden" role="status" aria-live="polite">
        {announced}
      </span>
    </div>
  );
}

/** Reads out lasting changes only: not every save, and not every second of a countdown. */
function useAnnouncement(status: Status): string {
  const [announced, setAnnounced] = useState("");
  const text = announcement(status);
  useEffect(() => {
    const timer = setTimeout(() => setAnnounced(text), ANNOUNCE_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return announced;
}

function announcement(status: Status): string {
  const label = status.kind === "reconnecting" ? t("Connection lost, reconnecting") : status.label;
  return status.detail ? `${label}. ${status.detail}` : label;
}

function titleOf(status: Status): string {
  if (status.kind === "saved") return t("Every change is stored on the server");
  if (status.kind === "saving") {
    return tn(
      status.changes,
      "1 change on the way to the server",
      "{n} changes on the way to the server",
    );
  }
  return announcement(status);
}
