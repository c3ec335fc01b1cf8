import { useState } from "react";
import { CloseIcon } from "./icons";

interface NoticeBarProps {
  /** What the server wants to be said about this visit. */
  readonly notice: string | null;
  /** The code with which the server ended the connection for good, if it did. */
  readonly closeCode: number | null;
}

/** One line under the top bar; a lost connection can not be dismissed, a notice can. */
export function NoticeBar({ notice, closeCode }: NoticeBarProps) {
  const [isDismissed, setIsDismissed] = useState(false);
  if (closeCode !== null) {
    return (
      <div className="board-notice problem" role="alert">
        <p>The server ended the connection and takes no more changes from this page.</p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload the page
        </button>
      </div>
    );
  }
  if (!notice || isDismissed) return null;
  return (
    <div className="board-notice" role="status">
      <p>{notice}</p>
      <button
        type="button"
        className="icon-button"
        aria-label="Dismiss"
        onClick={() => setIsDismissed(true)}
      >
        <CloseIcon />
      </button>
    </div>
  );
}
