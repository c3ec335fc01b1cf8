/** Tells that somebody presents, and offers to see what that person shows. */
import { useState, useSyncExternalStore } from "react";
import { t } from "../i18n";
import { CloseIcon } from "./icons";
import type { JoinedBoard } from "./useBoard";

export function PresenterBar({ board }: { readonly board: JoinedBoard }) {
  const { presence, follow } = board;
  const presenter = useSyncExternalStore(presence.subscribe, presence.presenter);
  const followed = useSyncExternalStore(follow.subscribe, follow.followedClient);
  const [dismissed, setDismissed] = useState<string | null>(null);
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
              onClick={() => follow.follow(presenter.client, presenter.name)}
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
