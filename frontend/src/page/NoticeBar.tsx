import { useState } from "react";
import { t } from "../i18n";
import { CloseIcon } from "./icons";

interface NoticeBarProps {
  /** What the server wants to be said about this visit. */
  readonly notice: string | null;
}

/** One line under the top bar. */
export function NoticeBar({ notice }: NoticeBarProps) {
  const [isDismissed, setIsDismissed] = useState(false);
  if (!notice || isDismissed) return null;
  return (
    <div className="board-notice" role="status">
      <p>{notice}</p>
      <button
        type="button"
        className="icon-button"
        aria-label={t("Dismiss")}
        onClick={() => setIsDismissed(true)}
      >
        <CloseIcon />
      </button>
    </div>
  );
}
