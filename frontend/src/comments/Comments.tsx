/** Comments on the board: pins, the thread that is open, the tool, and the list beside the canvas. */
import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { BOARD_KEYS } from "../keys/shortcuts";
import { CommentIcon } from "../page/icons";
import type { Placing } from "../page/opened";
import { ToolButton } from "../page/ToolButton";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import { CommentsPanel } from "./CommentsPanel";
import type { CommentList, CommentState } from "./list";
import { PinLayer } from "./PinLayer";
import { anchorOfSelection, PlacingSurface } from "./PlacingSurface";
import { NewThread, OpenThread } from "./Popovers";
import { Pins } from "./pins";
import type { CommentTools } from "./ThreadView";
import type { Thread } from "./thread";
import { useComments } from "./useComments";
import { type OpenComments, useOpen } from "./useOpen";
import "../styles/comments.css";

export interface CommentsProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly isPanelOpen: boolean;
  /** Whether the tool is chosen: the next click says where. */
  readonly placing: Placing;
  readonly onPlacing: (placing: Placing) => void;
  readonly onClosePanel: () => void;
  readonly onUnread: (count: number) => void;
}

export default function Comments(props: CommentsProps) {
  const { config, session, board, placing, onPlacing, onUnread } = props;
  const { list, writer } = useComments(config, session);
  const pins = usePins(board, session);
  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  const { level, shareUrl } = useSyncExternalStore(session.subscribe, session.board);
  const open = useOpen(list, pins, board);
  const { shown, draft } = open;
  const canComment = level !== "view";
  const tools: CommentTools = { list, writer, canComment, canManage: shareUrl !== null };

  useEffect(() => onUnread(state.unread), [onUnread, state.unread]);
  useEffect(() => {
    if (shown && !shown.isLocal) list.markSeen(shown);
  }, [list, shown]);
  useEffect(() => {
    if (placing && !canComment) onPlacing(null);
  }, [placing, canComment, onPlacing]);
  if (!pins) return null;

  return (
    <>
      <OnCanvas {...{ board, placing, onPlacing, pins, state, open, canComment }} />
      {createPortal(<OpenPopovers {...{ pins, tools, open }} />, board.canvas)}
      {props.isPanelOpen && (
        <CommentsPanel
          state={state}
          canComment={canComment}
          hasMentions={config.user.id !== null}
          openId={shown?.id ?? null}
          hasDraft={draft !== null}
          placeOf={(at) => pins.place(at)}
          onOpen={open.openThread}
          onOpenDraft={open.openDraft}
          onAdd={() => onPlacing("click")}
          onClose={props.onClosePanel}
        />
      )}
      <Announcer list={list} />
    </>
  );
}

interface OnCanvasProps extends Pick<CommentsProps, "board" | "placing" | "onPlacing"> {
  readonly pins: Pins;
  readonly state: CommentState;
  readonly open: OpenComments;
  readonly canComment: boolean;
}

/** The pins, and the tool that says where the next thread begins. */
function OnCanvas(props: OnCanvasProps) {
  const { board, placing, onPlacing, pins, state, open, canComment } = props;
  const { shown, anchor, draft } = open;
  // Before the event is over: the next key is meant for the comment.
  useLayoutEffect(() => {
    if (placing !== "selection" || !canComment) return;
    onPlacing(null);
    open.begin(anchorOfSelection(board.api));
  });
  return (
    <>
      <PinLayer
        pins={pins}
        container={board.editor}
        threads={state.threads}
        openId={shown?.id ?? null}
        draft={anchor ?? (canComment ? (draft?.anchor ?? null) : null)}
        onOpen={open.openPin}
        onOpenDraft={open.openDraft}
      />
      {canComment && (
        <ToolButton
          editor={board.editor}
          label={t("Comment")}
          shortcut={BOARD_KEYS.comment}
          isOn={placing === "click"}
          onToggle={() => onPlacing(placing === "click" ? null : "click")}
        >
          <CommentIcon />
        </ToolButton>
      )}
      {placing === "click" && canComment && (
        <PlacingSurface
          api={board.api}
          container={board.editor}
          onCancel={() => onPlacing(null)}
          onPlace={(place) => {
            onPlacing(null);
            open.begin(place);
          }}
        />
      )}
    </>
  );
}

interface OpenPopoversProps {
  readonly pins: Pins;
  readonly tools: CommentTools;
  readonly open: OpenComments;
}

/** The thread that is open, or the new one. */
function OpenPopovers({ pins, tools, open }: OpenPopoversProps) {
  const { shown, anchor, setOpen, close } = open;
  return (
    <>
      {anchor && tools.canComment && (
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
    </>
  );
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
