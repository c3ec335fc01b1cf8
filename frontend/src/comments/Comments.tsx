/** Comments on the board: pins, the thread that is open, the tool, and the list beside the canvas. */
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { type BoardConfig, storageKey } from "../config";
import { t } from "../i18n";
import { problemText } from "../page/boardApi";
import { CheckIcon, ReopenIcon } from "../page/icons";
import type { JoinedBoard } from "../page/useBoard";
import { News } from "../sync/news";
import type { BoardSession } from "../sync/session";
import { CommentsPanel } from "./CommentsPanel";
import { Composer, type Writer } from "./Composer";
import { Kept } from "./kept";
import { CommentList, NEW_DRAFT, type ShownThread } from "./list";
import type { Person } from "./mentions";
import { PinLayer } from "./PinLayer";
import { PlacingSurface } from "./PlacingSurface";
import { flyTo, Pins } from "./pins";
import { commentServer, peopleOf } from "./server";
import { ThreadPopover } from "./ThreadPopover";
import { type CommentTools, ThreadView } from "./ThreadView";
import { type Anchor, decodeThread, type Thread } from "./thread";
import "../styles/comments.css";

const CACHE = "comments";
const KEEP_DELAY_MS = 1000;
const RETRY_MS = 20_000;

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
  const draft = list.draft(NEW_DRAFT);
  const anchor = open && "anchor" in open ? open.anchor : null;
  const close = useCallback(() => setOpen(null), []);

  useEffect(() => onUnread(state.unread), [onUnread, state.unread]);
  useEffect(() => {
    if (shown && !shown.isLocal) list.markSeen(shown);
  }, [list, shown]);
  useEffect(() => {
    if (isPlacing && !canComment) onPlacing(false);
  }, [isPlacing, canComment, onPlacing]);
  useCloseOutside(board.canvas, open !== null, close);

  const openThread = (thread: ShownThread) => {
    setOpen({ thread: thread.comments[0]?.id ?? thread.id });
    const place = pins?.place(thread.anchor);
    if (place) flyTo(place, board.api);
  };
  const openDraft = () => {
    if (!draft?.anchor) return;
    setOpen({ anchor: draft.anchor });
    const place = pins?.place(draft.anchor);
    if (place) flyTo(place, board.api);
  };
  if (!pins) return null;
  return (
    <>
      <PinLayer
        pins={pins}
        container={board.editor}
        threads={state.threads}
        openId={shown?.id ?? null}
        draft={anchor ?? (canComment ? (draft?.anchor ?? null) : null)}
        onOpen={(id) => setOpen({ thread: list.find(id)?.comments[0]?.id ?? id })}
        onOpenDraft={openDraft}
      />
      {isPlacing && canComment && (
        <PlacingSurface
          api={board.api}
          container={board.editor}
          onCancel={() => onPlacing(false)}
          onPlace={(place) => {
            onPlacing(false);
            // What was typed elsewhere goes to the new place.
            if (draft) list.setDraft(NEW_DRAFT, { ...draft, anchor: place });
            setOpen({ anchor: place });
          }}
        />
      )}
      {createPortal(
        <>
          {anchor && canComment && (
            <ThreadPopover title={t("New comment")} anchor={anchor} pins={pins} onClose={close}>
              <Composer
                writer={writer}
                label={t("Write a comment; @ mentions people")}
                submitLabel={t("Send")}
                initial={draft?.body ?? ""}
                hasFocus
                onType={(body) => list.setDraft(NEW_DRAFT, { body, anchor })}
                onSubmit={(body) => {
                  list.setDraft(NEW_DRAFT, null);
                  setOpen({ thread: list.write({ anchor }, body) });
                }}
              />
            </ThreadPopover>
          )}
          {shown && (
            <ThreadPopover
              key={shown.comments[0]?.id}
              title={t("Comment by {name}", { name: shown.comments[0]?.author.name ?? "" })}
              anchor={shown.anchor}
              pins={pins}
              actions={canComment && !shown.isLocal && <Resolve thread={shown} list={list} />}
              onClose={close}
            >
              <ThreadView thread={shown} tools={tools} hasFocus={canComment && !isTouch()} />
            </ThreadPopover>
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
      <button
        type="button"
        className="icon-button"
        aria-label={label}
        title={label}
        onClick={() => {
          setProblem("");
          list
            .resolve(thread.id, !thread.isResolved)
            .catch((error) => setProblem(problemText(error)));
        }}
      >
        {thread.isResolved ? <ReopenIcon /> : <CheckIcon />}
      </button>
    </>
  );
}

/** There the field would bring the keyboard over what one came to read. */
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

/** The list of this board, kept in step with the server as long as the page is open. */
function useComments(config: BoardConfig, session: BoardSession) {
  const [made] = useState(() => {
    const kept = new Kept(storageKey(config));
    const list = new CommentList({
      server: commentServer(config),
      kept,
      me: config.user,
      now: Date.now,
      keepThreads: keeper(session),
      onWaiting: (count) => session.setPendingComments(count),
    });
    let people: Promise<readonly Person[]> | null = null;
    const writer: Writer = {
      isGuest: config.user.id === null,
      kept,
      people: () => {
        people ??= peopleOf(config);
        return people;
      },
    };
    return { list, writer };
  });
  useEffect(() => {
    const { list } = made;
    void showKept(list, session);
    void list.refresh();
    const news = new News("comments");
    const stop = session.onEvent(async (event) => {
      if (event.type === "comment") take(list, event.comment, event.isDeleted);
      // It comes first on every connection: what was said meanwhile has to be asked for.
      const missed = news.missed(event);
      if (missed && (await list.refresh())) news.asked(missed.number);
      else if (event.type === "access") void list.send();
    });
    window.addEventListener("online", list.send);
    const timer = setInterval(list.send, RETRY_MS);
    return () => {
      stop();
      window.removeEventListener("online", list.send);
      clearInterval(timer);
    };
  }, [made, session]);
  return made;
}

function take(list: CommentList, value: unknown, isDeleted: boolean): void {
  const { id } = value as { id?: unknown };
  const thread = isDeleted ? null : decodeThread(value);
  if (typeof id === "string" && (isDeleted || thread)) list.take(id, thread);
}

/** Writes what the server has beside the offline copy, not at every change. */
function keeper(session: BoardSession): (threads: readonly Thread[]) => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return (threads) => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(async () => (await session.offline)?.write(CACHE, threads), KEEP_DELAY_MS);
  };
}

async function showKept(list: CommentList, session: BoardSession): Promise<void> {
  const threads = await (await session.offline)?.read(CACHE);
  // Written by this program, and never by anybody else.
  if (Array.isArray(threads)) list.showKept(threads as Thread[]);
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
