import type { BoardConfig } from "../config";
import { openShareDialog } from "../share";
import type { BoardSession } from "../sync/session";
import { BackIcon, ShareIcon } from "./icons";
import { StatusBadge } from "./StatusBadge";

interface TopBarProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
}

/** Where am I, is my work safe, who else may come. */
export function TopBar({ config, session }: TopBarProps) {
  const { homeUrl, shareUrl, title } = config;
  return (
    <header className="board-bar">
      {homeUrl && (
        <a className="board-back" href={homeUrl} aria-label="All boards" title="All boards">
          <BackIcon />
        </a>
      )}
      <h1 className="board-title" title={title}>
        {title}
      </h1>
      <StatusBadge session={session} />
      {shareUrl && (
        <button
          type="button"
          className="button primary board-share"
          onClick={() => openShareDialog(shareUrl)}
        >
          <ShareIcon />
          <span>Share</span>
        </button>
      )}
    </header>
  );
}
