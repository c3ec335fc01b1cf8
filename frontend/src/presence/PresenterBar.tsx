/** Tells that somebody presents, and offers to see what that person shows. */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { t } from "../i18n";
import { CloseIcon } from "../page/icons";
import type { JoinedBoard } from "../page/useBoard";

export function PresenterBar({ board }: { readonly board: JoinedBoard }) {
  const { presence, follow } = board;
  const presenter = useSyncExternalStore(presence.subscribe, presence.presenter);
  const followed = useSyncExternalStore(follow.subscribe, follow.followedClient);
  const [dismissed, setDismissed] = useState<string | null>(null);
  // Who follows for the presentation has the canvas back when it is over.
  const joined = useRef<string | null>(null);
  useEffect(() => {
    const left = joined.current;
    if (left === null || left === presenter?.client) return;
    joined.current = null;
    if (follow.followedClient() === left) follow.stop();
  }, [presenter, follow]);
  const isShown = presenter !== null && presenter.client !== dismissed;
  const isFollowing = presenter !== null && followed === presenter.client;
  return (
    <div role="status">
      {isShown && (
        <div className="board-notice">
          <p>
            {isFollowing
              ? t("You see what {name} presents", { name: presenter.name })
              : t("{name} is presenting", { name: presenter.name })}
          </p>
          {isFollowing ? (
            <button type="button" className="button" onClick={() => follow.stop()}>
              {t("Stop following")}
            </button>
          ) : (
            <button
              type="button"
              className="button"
              onClick={() => {
                joined.current = presenter.client;
                follow.follow(presenter.client, presenter.name);
              }}
            >
              {t("Follow")}
            </button>
          )}
          <button
            type="button"
            className="icon-button"
            aria-label={t("Dismiss")}
            onClick={() => setDismissed(presenter.client)}
          >
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  );
}
