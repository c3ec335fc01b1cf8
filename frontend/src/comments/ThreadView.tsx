/** What is said in one thread, and what can be done about it. */
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import { t } from "../i18n";
import { problemText } from "../page/boardApi";
import { Problem } from "../page/Problem";
import { TimeAgo } from "../page/TimeAgo";
import { Avatar } from "./Avatar";
import { Composer, type Writer } from "./Composer";
import type { Outgoing } from "./commentStore";
import type { CommentList } from "./list";
import { segments } from "./mentions";
import type { ShownThread } from "./shown";
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
  // The thread gets another id when it is sent, and what is typed meanwhile stays.
  const target = thread.comments[0]?.id ?? thread.id;
  const draft = list.draft(target);
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
          key={target}
          writer={writer}
          label={t("Reply")}
          submitLabel={t("Send")}
          initial={draft?.body ?? ""}
          hasFocus={hasFocus}
          onType={(body) => list.setDraft(target, { body, anchor: null })}
          onSubmit={(body) => {
            list.setDraft(target, null);
            list.write({ thread: thread.id }, body);
          }}
        />
      ) : (
        <p className="panel-note">
          {t("You can read the comments on this board, but not write any.")}
        </p>
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
  const editing = useEditing();
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
      <EditableBody
        comment={{ body, mentions }}
        writer={writer}
        editing={editing}
        submitLabel={t("Save")}
        asksName={false}
        onSubmit={(text) => attempt(list.edit(thread.id, comment.id, text))}
      />
      <Problem text={problem} />
      {canComment && !editing.isOn && (isMine || canManage) && (
        <p className="comment-actions">
          {isMine && (
            <button
              ref={editing.button}
              type="button"
              className="link-button"
              onClick={() => editing.set(true)}
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

interface Editing {
  readonly isOn: boolean;
  readonly set: (isOn: boolean) => void;
  readonly button: RefObject<HTMLButtonElement>;
}

/** Whether words are being changed; afterwards the focus is where it was before. */
function useEditing(): Editing {
  const [isOn, set] = useState(false);
  const wasOn = useRef(false);
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (wasOn.current && !isOn) button.current?.focus();
    wasOn.current = isOn;
  }, [isOn]);
  return { isOn, set, button };
}

interface EditableBodyProps {
  readonly comment: Pick<Comment, "body" | "mentions">;
  readonly writer: Writer;
  readonly editing: Editing;
  readonly submitLabel: string;
  readonly asksName: boolean;
  readonly onSubmit: (text: string) => void;
}

/** The words of a comment, or a field in their place while they are changed. */
function EditableBody({ comment, editing, onSubmit, ...others }: EditableBodyProps) {
  if (!editing.isOn) return <CommentBody {...comment} />;
  return (
    <Composer
      {...others}
      label={t("Change your comment")}
      initial={comment.body}
      hasFocus
      onSubmit={(text) => {
        editing.set(false);
        onSubmit(text);
      }}
      onCancel={() => editing.set(false)}
    />
  );
}

/** A comment that the server does not have. */
function OutgoingItem({ outgoing, tools }: { outgoing: Outgoing; tools: CommentTools }) {
  const { list, writer } = tools;
  const editing = useEditing();
  const { isWaiting } = list.snapshot();
  const author = { id: null, name: t("You"), isGuest: false, guestId: "", picture: "" };
  const { id, body, at, problem } = outgoing;
  const sending = isWaiting
    ? t("Not sent yet. Kept on this device, sent when you are connected.")
    : t("Sending…");
  return (
    <li className="comment outgoing">
      <CommentHead author={author} at={at} note="" />
      <EditableBody
        comment={{ body, mentions: [] }}
        writer={writer}
        editing={editing}
        submitLabel={t("Send again")}
        asksName
        onSubmit={(text) => list.settle(id, text)}
      />
      {problem === null ? (
        <p className="comment-state" role="status">
          {sending}
        </p>
      ) : (
        <div role="alert">
          <p className="field-error">{t("Not sent: {problem}", { problem })}</p>
          <p className="comment-actions">
            <button
              ref={editing.button}
              type="button"
              className="link-button"
              onClick={() => editing.set(true)}
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
