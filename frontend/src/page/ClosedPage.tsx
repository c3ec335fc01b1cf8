/** What stands in place of the board when the server does not let us in. */
import { useState } from "react";
import type { BoardConfig } from "../config";
import { downloadUnsaved, unsavedCount } from "../files/unsavedExport";
import { t } from "../i18n";
import { CloseCode } from "../sync/codes";
import type { BoardSession } from "../sync/session";
import { notSaved } from "../sync/status";
import { problemText } from "./boardApi";
import { restoreBoard } from "./ownBoard";
import { Problem } from "./Problem";

interface Message {
  readonly title: string;
  readonly text: string;
  readonly canSignIn: boolean;
}

/** Whether a close code takes the whole page; others leave the drawing on the screen. */
export function isFullPageCode(code: number): boolean {
  return messageFor(code, false) !== null;
}

function messageFor(code: number, isGuest: boolean): Message | null {
  // A guest was never signed in: for them the link was turned off.
  if (isGuest && code !== CloseCode.BOARD_GONE) return linkClosed();
  switch (code) {
    case CloseCode.NOT_AUTHENTICATED:
      return {
        title: t("You are signed out"),
        text: t("Sign in again to keep drawing on this board."),
        canSignIn: true,
      };
    case CloseCode.NO_PERMISSION:
      return {
        title: t("You have no access to this board"),
        text: t("Your access was removed or changed. Ask the owner to share the board with you."),
        canSignIn: false,
      };
    case CloseCode.BOARD_GONE:
      return {
        title: t("This board is gone"),
        text: t("It was moved to the trash or deleted. Its owner can restore it from the trash."),
        canSignIn: false,
      };
    default:
      return null;
  }
}

function linkClosed(): Message {
  return {
    title: t("This link no longer works"),
    text: t("The public link was turned off. If the board is shared with you, sign in to open it."),
    canSignIn: true,
  };
}

/** For people who may: what was done by mistake is one click away. */
function RestoreButton({ config }: { readonly config: BoardConfig }) {
  const [problem, setProblem] = useState("");
  const restore = () => restoreBoard(config).catch((error) => setProblem(problemText(error)));
  return (
    <>
      <button type="button" className="button primary" onClick={() => void restore()}>
        {t("Restore it from the trash")}
      </button>
      <Problem text={problem} />
    </>
  );
}

interface ClosedPageProps {
  readonly code: number;
  readonly config: BoardConfig;
  readonly session: BoardSession;
}

export function ClosedPage({ code, config, session }: ClosedPageProps) {
  const unsavedChanges = unsavedCount(session, config);
  const message = messageFor(code, config.user.id === null);
  const canManage = session.board().shareUrl !== null;
  if (!message) return null;
  return (
    <main className="closed-page" role="alert">
      <section className="card closed-card">
        <p className="closed-board">{config.title}</p>
        <h1>{message.title}</h1>
        <p>{message.text}</p>
        {unsavedChanges > 0 && (
          <p className="closed-note">
            {notSaved(unsavedChanges)}{" "}
            {t(
              "What is not saved stays on this device and is sent when you can edit this board again.",
            )}
          </p>
        )}
        <p className="closed-actions">
          {unsavedChanges > 0 && (
            <button
              type="button"
              className="button"
              onClick={() => downloadUnsaved(session, config)}
            >
              {t("Download my changes")}
            </button>
          )}
          {code === CloseCode.BOARD_GONE && canManage && <RestoreButton config={config} />}
          {message.canSignIn && (
            <a className="button primary" href={config.signInUrl}>
              {t("Sign in")}
            </a>
          )}
          {config.homeUrl && (
            <a className="button" href={config.homeUrl}>
              {t("All boards")}
            </a>
          )}
        </p>
      </section>
    </main>
  );
}
