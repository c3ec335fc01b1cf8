/** Which thread is open, or where one is being written, and what opens and closes it. */
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { JoinedBoard } from "../page/useBoard";
import { linkedThread } from "./linkedThread";
import { type CommentList, NEW_DRAFT } from "./list";
import { flyTo, type Pins } from "./pins";
import type { ShownThread } from "./shown";
import type { Anchor } from "./thread";

/** What is open: a thread, or what is being written at a place. */
export type Open = { readonly thread: string } | { readonly anchor: Anchor } | null;

/** What is open, and the ways to open something else. */
export type OpenComments = ReturnType<typeof useOpen>;

export function useOpen(list: CommentList, pins: Pins | null, board: JoinedBoard) {
  const [open, setOpen] = useState<Open>(null);
  const close = useCallback(() => setOpen(null), []);
  useLinkedThread(list, pins, board, setOpen);
  useCloseOutside(board.canvas, open !== null, close);
  const draft = list.draft(NEW_DRAFT);
  const openAt = (next: Open, at: Anchor) => {
    setOpen(next);
    const place = pins?.place(at);
    if (place) flyTo(place, board.api);
  };
  return {
    shown: open && "thread" in open ? list.find(open.thread) : null,
    anchor: open && "anchor" in open ? open.anchor : null,
    draft,
    setOpen,
    close,
    openPin: (id: string) => setOpen(opening(list.find(id)) ?? { thread: id }),
    openThread: (thread: ShownThread) => openAt(opening(thread), thread.anchor),
    openDraft: () => {
      if (draft?.anchor) openAt({ anchor: draft.anchor }, draft.anchor);
    },
    /** What was typed elsewhere goes to the new place. */
    begin: (place: Anchor) => {
      if (draft) list.setDraft(NEW_DRAFT, { ...draft, anchor: place });
      setOpen({ anchor: place });
    },
  };
}

/** By its first comment: a thread that is sent gets another id. */
function opening(thread: ShownThread | null): Open {
  return thread && { thread: thread.comments[0]?.id ?? thread.id };
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
