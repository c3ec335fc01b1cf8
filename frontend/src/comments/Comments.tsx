/** Comments on the board: pins, the thread that is open, the tool, and the list beside the canvas. */
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { problemText } from "../page/boardApi";
import { IconButton } from "../page/buttons";
import { CheckIcon, ReopenIcon } from "../page/icons";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import { CommentsPanel } from "./CommentsPanel";
import { Composer } from "./Composer";
import { linkedThread } from "./linkedThread";
import { type CommentList, NEW_DRAFT } from "./list";
import { PinLayer } from "./PinLayer";
import { PlacingSurface } from "./PlacingSurface";
import { flyTo, Pins } from "./pins";
import type { ShownThread } from "./shown";
import { ThreadPopover } from "./ThreadPopover";
import { type CommentTools, ThreadView } from "./ThreadView";
import type { Anchor, Thread } from "./thread";
import { useComments } from "./useComments";
import "../styles/comments.css";

export interface CommentsProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly isPanelOpen: boolean;
  /** Whether the tool is chosen: the next click says where. */
  readonly isPlacing: boolean;
  readonly onPlacing: (isPlacing: boolean) => void;
  readonly onClosePanel: () => void;
  readonly onUnread: (count: number) => void;
}

/** What is open: a thread, or what is being written at a place. */
type Open = { readonly thread: string } | { readonly anchor: Anchor } | null;

export default function Comments(props: CommentsProps) {
  const { config, session, board, isPanelOpen, isPlacing, onPlacing, onUnread } = props;
  const { list, writer } = useComments(config, session);
  const pins = usePins(board, session);
  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  const { level, shareUrl } = useSyncExternalStore(session.subscribe, session.board);
  const [open, setOpen] = useState<Open>(null);
  const canComment = level !== "view";
  const tools: CommentTools = { list, writer, canComment, canManage: shareUrl !== null };
  const shown = open && "thread" in open ? list.find(open.thread) : null;
  const anchor = open && "anchor" in open ? open.anchor : null;
  const draft = list.draft(NEW_DRAFT);
  const close = useCallback(() => setOpen(null), []);

  useEffect(() => onUnread(state.unread), [onUnread, state.unread]);
  useEffect(() => {
    if (shown && !shown.isLocal) list.markSeen(shown);
  }, [list, shown]);
  useEffect(() => {
    if (isPlacing && !canComment) onPlacing(false);
  }, [isPlacing, canComment, onPlacing]);
  useLinkedThread(list, pins, board, setOpen);
  useCloseOutside(board.canvas, open !== null, close);
  if (!pins) return null;

  const openAt = (next: Open, at: Anchor) => {
    setOpen(next);
    const place = pins.place(at);
    if (place) flyTo(place, board.api);
  };
  const openThread = (thread: ShownThread) => openAt(opening(thread), thread.anchor);
  const openDraft = () => {
    if (draft?.anchor) openAt({ anchor: draft.anchor }, draft.anchor);
  };
  const begin = (place: Anchor) => {
    onPlacing(false);
    // What was typed elsewhere goes to the new place.
    if (draft) list.setDraft(NEW_DRAFT, { ...draft, anchor: place });
    setOpen({ anchor: place });
  };
  return (
    <>
      <PinLayer
        pins={pins}
        container={board.editor}
        threads={state.threads}
        openId={shown?.id ?? null}
        draft={anchor ?? (canComment ? (draft?.anchor ?? null) : null)}
        onOpen={(id) => setOpen(opening(list.find(id)) ?? { thread: id })}
        onOpenDraft={openDraft}
      />
      {isPlacing && canComment && (
        <PlacingSurface
          api={board.api}
          container={board.editor}
          onCancel={() => onPlacing(false)}
          onPlace={begin}
        />
      )}
      {createPortal(
        <>
          {anchor && canComment && (
            <NewThread anchor={anchor} pins={pins} tools={tools} onOpen={setOpen} onClose={close} />
          )}
          {shown && (
            <OpenThread
              key={shown.comments[0]?.id}
              thread={shown}
              pins={pins}
              tools={tools}
              onClose={close}
            />
          )}
        </>,
        board.canvas,
      )}
      {isPanelOpen && (
        <CommentsPanel
          state={state}
          canComment={canComment}
          hasMentions={config.user.id !== null}
          openId={shown?.id ?? null}
          hasDraft={draft !== null}
          placeOf={(at) => pins.place(at)}
          onOpen={openThread}
          onOpenDraft={openDraft}
          onAdd={() => onPlacing(true)}
          onClose={props.onClosePanel}
        />
      )}
      <Announcer list={list} />
    </>
  );
}

/** By its first comment: a thread that is sent gets another id. */
function opening(thread: ShownThread | null): Open {
  return thread && { thread: thread.comments[0]?.id ?? thread.id };
}

interface PopoverProps {
  readonly pins: Pins;
  readonly tools: CommentTools;
  readonly onClose: () => void;
}

interface NewThreadProps extends PopoverProps {
  readonly anchor: Anchor;
  readonly onOpen: (open: Open) => void;
}

function NewThread({ anchor, pins, tools: { list, writer }, onOpen, onClose }: NewThreadProps) {
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

function OpenThread({ thread, pins, tools, onClose }: PopoverProps & { thread: ShownThread }) {
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

/** On touch screens the keyboard would cover the comments. */
function isTouch(): boolean {
  return window.matchMedia("(pointer: coarse)").matches;
}

/** Reads out what others write while the page is open. */
function Announcer({ list }: { readonly list: CommentList }) {
  const { threads, isLoaded } = useSyncExternalStore(list.subscribe, list.snapshot);
  const newest = threads
    .filter(({ isUnread }) => isUnread)
    .flatMap(({ comments }) => comments)
    .reduce(
      (a, b) => (a && a.createdAt > b.createdAt ? a : b),
      undefined as Thread["comments"][0] | undefined,
    );
  return (
    <span className="visually-hidden" role="status">
      {isLoaded &&
        newest &&
        t("{name} commented: {text}", { name: newest.author.name, text: newest.body })}
    </span>
  );
}

function usePins({ api, doc, editor }: JoinedBoard, session: BoardSession): Pins | null {
  const [pins, setPins] = useState<Pins | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: one board a page
  useEffect(() => {
    const made = new Pins(api, doc, editor);
    setPins(made);
    return () => made.destroy();
  }, [session]);
  return pins;
}

/** Opens the thread that a link leads to, and shows its place, once both are known. */
function useLinkedThread(
  list: CommentList,
  pins: Pins | null,
  { api }: JoinedBoard,
  open: (thread: Open) => void,
): void {
  const linked = useSyncExternalStore(linkedThread.subscribe, linkedThread.current);
  const thread = linked === null ? null : list.find(linked);
  useEffect(() => {
    if (!thread || !pins) return;
    open(opening(thread));
    const place = pins.place(thread.anchor);
    if (!place) return;
    flyTo(place, api);
    linkedThread.done();
  }, [thread, pins, api, open]);
}

/** A click on the canvas puts the thread away; what was typed is kept. */
function useCloseOutside(canvas: HTMLElement, isOpen: boolean, close: () => void): void {
  useEffect(() => {
    if (!isOpen) return;
    const onPointerDown = ({ target }: PointerEvent) => {
      if (target instanceof HTMLCanvasElement) close();
    };
    canvas.addEventListener("pointerdown", onPointerDown);
    return () => canvas.removeEventListener("pointerdown", onPointerDown);
  }, [canvas, isOpen, close]);
}
