/** The server takes no more changes from this page: what can be done with those that it lacks. */
import { useSyncExternalStore } from "react";
import type { BoardConfig } from "../config";
import type { BoardSession } from "../sync/session";
import { count } from "../sync/status";
import { downloadUnsaved } from "./unsavedExport";

interface RefusedBarProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
}

export function RefusedBar({ config, session }: RefusedBarProps) {
  const { changes } = useSyncExternalStore(session.subscribe, session.status);
  const { refusal } = useSyncExternalStore(session.subscribe, session.board);
  // A copy that the server refuses would be refused again after every reload.
  const discard = async () => {
    const question = `${count(changes)} on this device will be lost. Discard them?`;
    if (changes > 0 && !window.confirm(question)) return;
    await session.discardCopy();
    window.location.reload();
  };
  return (
    <div className="board-notice problem" role="alert">
      <p>
        The server ended the connection and takes no more changes from this page.
        {refusal && ` ${refusal}`}
        {changes > 0 && ` ${count(changes)} could not be saved.`}
      </p>
      {changes > 0 && (
        <>
          <button
            type="button"
            className="button"
            onClick={() => downloadUnsaved(session, config.title)}
          >
            Download my changes
          </button>
          <button type="button" className="button" onClick={discard}>
            Discard my copy
          </button>
        </>
      )}
      <button type="button" className="button" onClick={() => window.location.reload()}>
        Reload the page
      </button>
    </div>
  );
}
