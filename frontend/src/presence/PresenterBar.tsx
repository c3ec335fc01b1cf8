/** Tells that somebody presents, and offers to see what that person shows. */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { t } from "../i18n";
import { Notice } from "../page/Notice";
import type { JoinedBoard } from "../page/useBoard";
import type { Follow } from "./follow";
import type { Presenter } from "./presence";

export function PresenterBar({ board }: { readonly board: JoinedBoard }) {
  const { presence, follow } = board;
  const presenter = useSyncExternalStore(presence.subscribe, presence.presenter);
  const followed = useSyncExternalStore(follow.subscribe, follow.followedClient);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const join = useJoining(presenter, follow);
  const isShown = presenter !== null && presenter.client !== dismissed;
  const isFollowing = presenter !== null && followed === presenter.client;
  return (
    <div role="status">
      {isShown && (
        <Notice onDismiss={() => setDismissed(presenter.client)}>
          <p>
            {isFollowing
              ? t("You see what {name} presents", { name: presenter.name })
              : t("{name} is presenting", { name: presenter.name })}
          </p>
          <button
            type="button"
            className="button"
            onClick={() => (isFollowing ? follow.stop() : join(presenter))}
          >
            {isFollowing ? t("Stop following") : t("Follow")}
          </button>
        </Notice>
      )}
    </div>
  );
}

/** Stops following when the presentation that was joined here is over. Returns how to join one. */
function useJoining(presenter: Presenter | null, follow: Follow): (presenter: Presenter) => void {
  const joined = useRef<string | null>(null);
  useEffect(() => {
    const left = joined.current;
    if (left === null || left === presenter?.client) return;
    joined.current = null;
    if (follow.followedClient() === left) follow.stop();
  }, [presenter, follow]);
  return ({ client, name }) => {
    joined.current = client;
    follow.follow(client, name);
  };
}
