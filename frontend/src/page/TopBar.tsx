import { useEffect, useRef, useSyncExternalStore } from "react";
import { CommentsButton } from "../comments/CommentsButton";
import type { BoardConfig } from "../config";
import { ConflictBadge } from "../conflicts/ConflictBadge";
import { t } from "../i18n";
import { useOwnKeys } from "../keys/useOwnKeys";
import { BellButton } from "../notifications/BellButton";
import { openShareDialog } from "../sharing/share";
import type { BoardSession } from "../sync/session";
import { BackIcon, ShareIcon } from "./icons";
import type { Panel } from "./opened";
import { StatusBadge } from "./StatusBadge";
import { Title } from "./Title";

interface TopBarProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly panel: Panel | null;
  /** Opens a panel, or closes it when it is the open one. */
  readonly onToggle: (panel: Panel) => void;
  readonly unread: number;
  /** Whether the title is being changed. */
  readonly isRenaming: boolean;
  readonly onRenaming: (isRenaming: boolean) => void;
}

/** The top bar: which board this is, whether work is saved, and who else has access. */
export function TopBar(props: TopBarProps) {
  const { config, session, panel, onToggle, unread, isRenaming, onRenaming } = props;
  const { homeUrl } = config;
  const { shareUrl, title, isLocked } = useSyncExternalStore(session.subscribe, session.board);
  const bar = useRef<HTMLElement>(null);
  useOwnKeys(bar);
  useEffect(() => {
    document.title = `${title} · Canvas`;
  }, [title]);
  return (
    <header ref={bar} className="board-bar">
      {homeUrl && (
        <a
          className="board-back"
          href={homeUrl}
          aria-label={t("All boards")}
          title={t("All boards")}
        >
          <BackIcon />
        </a>
      )}
      <Title
        config={config}
        title={title}
        canRename={shareUrl !== null}
        isEditing={isRenaming}
        onEditing={onRenaming}
      />
      {isLocked && <span className="badge">{t("Locked")}</span>}
      <ConflictBadge
        list={session.conflicts}
        isOpen={panel === "conflicts"}
        onToggle={() => onToggle("conflicts")}
      />
      <StatusBadge session={session} />
      <CommentsButton
        unread={unread}
        isOpen={panel === "comments"}
        onToggle={() => onToggle("comments")}
      />
      {config.accountUrl && <BellButton config={config} session={session} />}
      {shareUrl && (
        <button
          type="button"
          className="button primary board-share"
          onClick={() => openShareDialog(shareUrl)}
        >
          <ShareIcon />
          <span>{t("Share")}</span>
        </button>
      )}
    </header>
  );
}
