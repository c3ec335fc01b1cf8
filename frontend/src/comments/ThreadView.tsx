/** What is said in one thread, and what can be done about it. */
import { useEffect, useRef, useState } from "react";
import { t } from "../i18n";
import { problemText } from "../page/boardApi";
import { TimeAgo } from "../page/TimeAgo";
import { Avatar } from "./Avatar";
import { Composer, type Writer } from "./Composer";
import type { Outgoing } from "./kept";
import type { CommentList, ShownThread } from "./list";
import { segments } from "./mentions";
import type { Comment } from "./thread";

export interface CommentTools {
  readonly list: CommentList;
  readonly writer: Writer;
  readonly canComment: boolean;
  /** The owner of the board may delete what others wrote. */
  readonly canManage: boolean;
}

interface ThreadViewProps {
  readonly thread: ShownThread;
  readonly tools: CommentTools;
  readonly hasFocus: boolean;
}

export function ThreadView({ thread, tools, hasFocus }: ThreadViewProps) {
  const { list, writer, canComment } = tools;
  const waiting = new Set(thread.outgoing.map(({ id }) => id));
  const sent = thread.comments.filter(({ id }) => !waiting.has(id));
  const draft = list.draft(thread.id);
  return (
    <>
      <ul className="thread">
        {sent.map((comment) => (
          <CommentItem key={comment.id} comment={comment} thread={thread} tools={tools} />
        ))}
        {thread.outgoing.map((outgoing) => (
          <OutgoingItem key={outgoing.id} outgoing={outgoing} tools={tools} />
        ))}
      </ul>
      {canComment ? (
        <Composer
          key={thread.id}
          writer={writer}
          label={t("Reply")}
          submitLabel={t("Send")}
          initial={draft?.body ?? ""}
          hasFocus={hasFocus}
          onType={(body) => list.setDraft(thread.id, { body, anchor: null })}
          onSubmit={(body) => {
            list.setDraft(thread.id, null);
            list.write({ thread: thread.id }, body);
          }}
        />
      ) : (
        <p className="panel-note">{t("You can read the comments on this board, not write any.")}</p>
      )}
    </>
  );
}

interface CommentItemProps {
  readonly comment: Comment;
  readonly thread: ShownThread;
  readonly tools: CommentTools;
}

function CommentItem({ comment, thread, tools }: CommentItemProps) {
  const { list, writer, canComment, canManage } = tools;
  const { author, body, mentions, createdAt, isEdited } = comment;
  const { isEditing, setEditing, editButton } = useEditing();
  const [problem, setProblem] = useState("");
  const isMine = list.isMine(comment);
  const attempt = (action: Promise<void>) => {
    setProblem("");
    action.catch((error) => setProblem(problemText(error)));
  };
  const remove = () => {
    const isLast = thread.comments.length === 1;
    const question = isLast ? t("Delete this comment and its thread?") : t("Delete this comment?");
    if (window.confirm(question)) attempt(list.remove(thread.id, comment.id));
  };
  return (
    <li className="comment">
      <CommentHead author={author} at={createdAt} note={isEdited ? t("edited") : ""} />
      {isEditing ? (
        <Composer
          writer={writer}
          label={t("Change your comment")}
          submitLabel={t("Save")}
          initial={body}
          hasFocus
          asksName={false}
          onSubmit={(text) => {
            setEditing(false);
            attempt(list.edit(thread.id, comment.id, text));
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <CommentBody body={body} mentions={mentions} />
      )}
      {problem && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      {canComment && !isEditing && (isMine || canManage) && (
        <p className="comment-actions">
          {isMine && (
            <button
              ref={editButton}
              type="button"
              className="link-button"
              onClick={() => setEditing(true)}
            >
              {t("Edit")}
            </button>
          )}
          <button type="button" className="link-button" onClick={remove}>
            {t("Delete")}
          </button>
        </p>
      )}
    </li>
  );
}

/** Whether words are being changed; afterwards the focus is where it was before. */
function useEditing() {
  const [isEditing, setEditing] = useState(false);
  const wasEditing = useRef(false);
  const editButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (wasEditing.current && !isEditing) editButton.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  return { isEditing, setEditing, editButton };
}

/** A comment that the server does not have. */
function OutgoingItem({ outgoing, tools }: { outgoing: Outgoing; tools: CommentTools }) {
  const { list, writer } = tools;
  const { isEditing, setEditing, editButton } = useEditing();
  const { isWaiting } = list.snapshot();
  const author = { id: null, name: t("You"), isGuest: false, guestId: "" };
  const { id, body, at, problem } = outgoing;
  const sending = isWaiting
    ? t("Not sent yet. Kept on this device, sent when you are connected.")
    : t("Sending…");
  return (
    <li className="comment outgoing">
      <CommentHead author={author} at={at} note="" />
      {isEditing ? (
        <Composer
          writer={writer}
          label={t("Change your comment")}
          submitLabel={t("Send again")}
          initial={body}
          hasFocus
          onSubmit={(text) => {
            setEditing(false);
            list.settle(id, text);
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <CommentBody body={body} mentions={[]} />
      )}
      {problem === null ? (
        <p className="comment-state" role="status">
          {sending}
        </p>
      ) : (
        <div role="alert">
          <p className="field-error">{t("Not sent: {problem}", { problem })}</p>
          <p className="comment-actions">
            <button
              ref={editButton}
              type="button"
              className="link-button"
              onClick={() => setEditing(true)}
            >
              {t("Change and send again")}
            </button>
            <button type="button" className="link-button" onClick={() => list.settle(id, null)}>
              {t("Discard")}
            </button>
          </p>
        </div>
      )}
    </li>
  );
}

interface CommentHeadProps {
  readonly author: Comment["author"];
  readonly at: number;
  readonly note: string;
}

function CommentHead({ author, at, note }: CommentHeadProps) {
  return (
    <p className="comment-head">
      <Avatar author={author} />
      <strong>{author.name}</strong>
      {author.isGuest && <span className="badge">{t("guest")}</span>}
      <span className="comment-time">
        <TimeAgo at={at} />
        {note && ` · ${note}`}
      </span>
    </p>
  );
}

export function CommentBody({ body, mentions }: Pick<Comment, "body" | "mentions">) {
  let at = 0;
  return (
    <p className="comment-body">
      {segments(body, mentions).map(({ text, isMention }) => {
        at += text.length;
        return isMention ? <mark key={at}>{text}</mark> : text;
      })}
    </p>
  );
}
