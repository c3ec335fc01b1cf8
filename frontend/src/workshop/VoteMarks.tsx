/** Dots on the objects themselves: one's own while the vote goes on, all of them afterwards. */
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { hasPath } from "../canvas/groups";
import { Pins } from "../comments/pins";
import { t, tn } from "../i18n";
import type { PartProps } from "./parts";
import type { Vote } from "./state";
import { nameOf } from "./VoteList";
import { watchVotes } from "./voteClicks";
import "../styles/pins.css";

/** An anchor stays within its element: this is its right edge. */
const FAR_RIGHT = Number.MAX_SAFE_INTEGER;

export function VoteMarks(props: PartProps & { readonly vote: Vote }) {
  const { board, vote, ballot, store, canComment, say } = props;
  const { api, doc, editor } = board;
  const [pins, setPins] = useState<Pins | null>(null);
  const isOpen = canComment && vote.results === null;
  const objects = vote.objects.join();
  useEffect(() => {
    const made = new Pins(api, doc, editor, "mark");
    setPins(made);
    return () => made.destroy();
  }, [api, doc, editor]);
  useEffect(() => {
    if (!isOpen) return;
    return watchVotes(api, editor, new Set(objects.split(",")), (id) => {
      if (store.dot(id, 1)) return;
      const message = t("You have no dots left. Take one back first.");
      api.setToast({ message, closable: true, duration: 4000 });
      say(message);
    });
  }, [api, editor, store, objects, isOpen, say]);
  if (!pins) return null;
  const shown = vote.results
    ? vote.results.ranked
    : vote.objects.map((id) => [id, canComment ? (ballot.dots[id] ?? 0) : 0] as const);
  const most = vote.results?.ranked[0]?.[1] ?? 0;
  return createPortal(
    shown.map(([id, dots]) => (
      <Mark
        key={id}
        pins={pins}
        id={id}
        isLine={isLine(board, id)}
        kind={vote.results === null ? "own" : dots === most ? "most" : "some"}
        dots={dots}
        label={nameOf(board, id)}
        onTake={isOpen ? () => store.dot(id, -1) : null}
      />
    )),
    pins.layer,
  );
}

interface MarkProps {
  readonly pins: Pins;
  readonly id: string;
  readonly isLine: boolean;
  readonly kind: "own" | "some" | "most";
  readonly dots: number;
  readonly label: string;
  readonly onTake: (() => void) | null;
}

function Mark({ pins, id, isLine: startsHere, kind, dots, label, onTake }: MarkProps) {
  const mark = useRef<HTMLDivElement>(null);
  const dx = startsHere ? 0 : FAR_RIGHT;
  useEffect(() => {
    return mark.current ? pins.attach(mark.current, { element: id, dx, dy: 0 }) : undefined;
  }, [pins, id, dx]);
  const words = kind === "own" ? t("Take a dot back from {what}", { what: label }) : label;
  return (
    <div ref={mark} className="vote-mark" data-kind={kind} data-empty={dots === 0}>
      {onTake && dots > 0 ? (
        <button type="button" tabIndex={-1} aria-label={words} title={words} onClick={onTake}>
          {dots}
        </button>
      ) : (
        <span title={kind === "own" ? undefined : tn(dots, "one dot", "{n} dots")}>
          {dots > 0 ? dots : ""}
        </span>
      )}
    </div>
  );
}

function isLine({ api }: PartProps["board"], id: string): boolean {
  const element = api.getSceneElements().find((one) => one.id === id);
  return element !== undefined && hasPath(element.type);
}
