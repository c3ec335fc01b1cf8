/** Lists all threads of the board, including those whose element was deleted. */
import { useState } from "react";
import { t, tn } from "../i18n";
import { PlusIcon } from "../page/icons";
import { SidePanel } from "../page/SidePanel";
import { TimeAgo } from "../page/TimeAgo";
import { Avatar } from "./Avatar";
import type { CommentState } from "./list";
import type { Place } from "./place";
import type { ShownThread } from "./shown";
import { CommentBody } from "./ThreadView";
import type { Anchor } from "./thread";

type Filter = "open" | "resolved" | "mentions";

interface CommentsPanelProps {
  readonly state: CommentState;
  readonly canComment: boolean;
  readonly hasMentions: boolean;
  readonly openId: string | null;
  readonly hasDraft: boolean;
  readonly placeOf: (anchor: Anchor) => Place | null;
  readonly onOpen: (thread: ShownThread) => void;
  readonly onOpenDraft: () => void;
  readonly onAdd: () => void;
  readonly onClose: () => void;
}

export function CommentsPanel(props: CommentsPanelProps) {
  const { state, canComment, hasMentions, openId, hasDraft, onClose } = props;
  const [filter, setFilter] = useState<Filter>("open");
  const filters: Record<Filter, string> = {
    open: t("Open"),
    resolved: t("Resolved"),
    mentions: t("Mentions me"),
  };
  const shown = state.threads.filter((thread) => isIn(thread, filter)).reverse();
  return (
    <SidePanel title={t("Comments")} onClose={onClose}>
      {canComment ? (
        <p className="panel-actions">
          <button type="button" className="button" onClick={props.onAdd}>
            <PlusIcon />
            {t("Add a comment")}
            <kbd>C</kbd>
          </button>
          {hasDraft && (
            <button type="button" className="button" onClick={props.onOpenDraft}>
              {t("Continue your draft")}
            </button>
          )}
        </p>
      ) : (
        <p className="panel-note">
          {t("You can read the comments on this board, but not write any.")}
        </p>
      )}
      <fieldset className="panel-filter" aria-label={t("Which comments")}>
        {(Object.keys(filters) as Filter[])
          .filter((one) => hasMentions || one !== "mentions")
          .map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={filter === one}
              onClick={() => setFilter(one)}
            >
              {filters[one]}
            </button>
          ))}
      </fieldset>
      {shown.length === 0 && <p className="panel-note">{emptyNote(filter, state.isLoaded)}</p>}
      <ul className="panel-list">
        {shown.map((thread) => (
          <ThreadItem
            key={thread.id}
            thread={thread}
            isOpen={thread.id === openId}
            place={props.placeOf(thread.anchor)}
            onOpen={() => props.onOpen(thread)}
          />
        ))}
      </ul>
    </SidePanel>
  );
}

function isIn({ isResolved, mentionsMe }: ShownThread, filter: Filter): boolean {
  if (filter === "mentions") return mentionsMe;
  return isResolved === (filter === "resolved");
}

function emptyNote(filter: Filter, isLoaded: boolean): string {
  if (!isLoaded) return t("Comments will load when you are connected.");
  if (filter === "resolved") return t("Nothing is resolved yet.");
  if (filter === "mentions") return t("Nobody has mentioned you on this board.");
  return t("No open comments. Ask or say something right where it belongs.");
}

interface ThreadItemProps {
  readonly thread: ShownThread;
  readonly isOpen: boolean;
  readonly place: Place | null;
  readonly onOpen: () => void;
}

function ThreadItem({ thread, isOpen, place, onOpen }: ThreadItemProps) {
  const { comments, outgoing, isUnread, isResolved, resolvedBy, isLocal } = thread;
  const [first, ...replies] = comments;
  const last = comments.at(-1);
  if (!first || !last) return null;
  const isUnsent = isLocal || outgoing.length > 0;
  return (
    <li className="panel-item thread-item" aria-current={isOpen}>
      <button type="button" className="thread-button" onClick={onOpen}>
        <span className="comment-head">
          <Avatar author={first.author} />
          <strong>{first.author.name}</strong>
          {isUnread && (
            <span className="unread-dot">
              <span className="visually-hidden">{t("unread")}</span>
            </span>
          )}
          <span className="comment-time">
            <TimeAgo at={last.createdAt} />
          </span>
        </span>
        <span className="thread-excerpt">
          <CommentBody body={first.body} mentions={first.mentions} />
        </span>
        <span className="thread-notes">
          {replies.length > 0 && <span>{tn(replies.length, "one reply", "{n} replies")}</span>}
          {isUnsent && <span className="warn">{t("not sent yet")}</span>}
          {isResolved && <span>{t("resolved by {name}", { name: resolvedBy })}</span>}
          {place?.isDeleted && <span>{t("its element was deleted")}</span>}
          {!place && <span>{t("its element is gone")}</span>}
        </span>
      </button>
    </li>
  );
}
