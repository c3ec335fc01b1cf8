/** What opens over the canvas at the place of a comment: a thread, or a new one. */
import { useState } from "react";
import { t } from "../i18n";
import { problemText } from "../page/boardApi";
import { IconButton } from "../page/buttons";
import { CheckIcon, ReopenIcon } from "../page/icons";
import { Composer } from "./Composer";
import { type CommentList, NEW_DRAFT } from "./list";
import type { Pins } from "./pins";
import type { ShownThread } from "./shown";
import { ThreadPopover } from "./ThreadPopover";
import { type CommentTools, ThreadView } from "./ThreadView";
import type { Anchor } from "./thread";
import { isTouch } from "./touch";
import type { Open } from "./useOpen";

interface PopoverProps {
  readonly pins: Pins;
  readonly tools: CommentTools;
  readonly onClose: () => void;
}

interface NewThreadProps extends PopoverProps {
  readonly anchor: Anchor;
  readonly onOpen: (open: Open) => void;
}

/** A thread that is being written. */
export function NewThread({
  anchor,
  pins,
  tools: { list, writer },
  onOpen,
  onClose,
}: NewThreadProps) {
  return (
    <ThreadPopover title={t("New comment")} anchor={anchor} pins={pins} onClose={onClose}>
      <Composer
        writer={writer}
        label={t("Write a comment; @ mentions people")}
        submitLabel={t("Send")}
        initial={list.draft(NEW_DRAFT)?.body ?? ""}
        hasFocus
        onType={(body) => list.setDraft(NEW_DRAFT, { body, anchor })}
        onSubmit={(body) => {
          list.setDraft(NEW_DRAFT, null);
          onOpen({ thread: list.write({ anchor }, body) });
        }}
      />
    </ThreadPopover>
  );
}

/** A thread with its replies. On touch screens the keyboard would cover them. */
export function OpenThread({
  thread,
  pins,
  tools,
  onClose,
}: PopoverProps & { thread: ShownThread }) {
  const { list, canComment } = tools;
  return (
    <ThreadPopover
      title={t("Comment by {name}", { name: thread.comments[0]?.author.name ?? "" })}
      anchor={thread.anchor}
      pins={pins}
      actions={canComment && !thread.isLocal && <Resolve thread={thread} list={list} />}
      onClose={onClose}
    >
      <ThreadView thread={thread} tools={tools} hasFocus={canComment && !isTouch()} />
    </ThreadPopover>
  );
}

function Resolve({ thread, list }: { thread: ShownThread; list: CommentList }) {
  const [problem, setProblem] = useState("");
  const label = thread.isResolved ? t("Reopen") : t("Resolve");
  return (
    <>
      {problem && (
        <span className="field-error" role="alert">
          {problem}
        </span>
      )}
      <IconButton
        label={label}
        hasTitle
        onClick={() => {
          setProblem("");
          list
            .resolve(thread.id, !thread.isResolved)
            .catch((error) => setProblem(problemText(error)));
        }}
      >
        {thread.isResolved ? <ReopenIcon /> : <CheckIcon />}
      </IconButton>
    </>
  );
}
