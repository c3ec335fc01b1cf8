/** What stands in place of the board when the server does not let us in. */
import type { BoardConfig } from "../config";
import { CloseCode } from "../sync/codes";
import type { BoardSession } from "../sync/session";
import { count } from "../sync/status";
import { downloadUnsaved } from "./unsavedExport";

interface Message {
  readonly title: string;
  readonly text: string;
  readonly canSignIn: boolean;
}

const MESSAGES: Record<number, Message> = {
  [CloseCode.NOT_SIGNED_IN]: {
    title: "You are signed out",
    text: "Sign in again to go on drawing on this board.",
    canSignIn: true,
  },
  [CloseCode.NO_ACCESS]: {
    title: "You have no access to this board",
    text: "Your access was taken away or has changed. Ask the owner to share the board with you.",
    canSignIn: false,
  },
  [CloseCode.GONE]: {
    title: "This board is gone",
    text: "It was moved to the trash or deleted. Its owner can restore it from the trash.",
    canSignIn: false,
  },
};

/** Whether a close code takes the whole page; others leave the drawing on the screen. */
export function isFullPageCode(code: number): boolean {
  return code in MESSAGES;
}

/** A guest was never signed in: for him the link was closed. */
const GUEST_MESSAGE: Message = {
  title: "This link does not work any more",
  text: "The public link was closed. If the board is shared with you, sign in to open it.",
  canSignIn: true,
};

interface ClosedPageProps {
  readonly code: number;
  readonly config: BoardConfig;
  readonly session: BoardSession;
}

export function ClosedPage({ code, config, session }: ClosedPageProps) {
  const unsavedChanges = session.status().changes;
  const isGuest = config.user.id === null;
  const message = isGuest && code !== CloseCode.GONE ? GUEST_MESSAGE : MESSAGES[code];
  if (!message) return null;
  return (
    <main className="closed-page" role="alert">
      <section className="card closed-card">
        <p className="closed-board">{config.title}</p>
        <h1>{message.title}</h1>
        <p>{message.text}</p>
        {unsavedChanges > 0 && (
          <p className="closed-note">
            {count(unsavedChanges)} could not be saved. What is not saved stays on this device and
            is sent when you can edit this board again.
          </p>
        )}
        <p className="closed-actions">
          {unsavedChanges > 0 && (
            <button
              type="button"
              className="button"
              onClick={() => downloadUnsaved(session, config.title)}
            >
              Download my changes
            </button>
          )}
          {message.canSignIn && (
            <a className="button primary" href={config.signInUrl}>
              Sign in
            </a>
          )}
          {config.homeUrl && (
            <a className="button" href={config.homeUrl}>
              All boards
            </a>
          )}
        </p>
      </section>
    </main>
  );
}
