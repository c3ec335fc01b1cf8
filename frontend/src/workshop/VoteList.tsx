/** The objects of a vote as a list: to give dots without a mouse, and by rank once they are shown. */
import { elementMap } from "../canvas/shared";
import { describeElement } from "../conflicts/list";
import { elementLabel } from "../conflicts/words";
import { t, tn } from "../i18n";
import { pressable } from "../page/buttons";
import { showObject } from "../page/objectLink";
import type { JoinedBoard } from "../page/useBoard";
import { type Ballot, sumOf, type Vote } from "./state";
import type { WorkshopStore } from "./store";

interface VoteListProps {
  readonly board: JoinedBoard;
  readonly vote: Vote;
  readonly ballot: Ballot;
  readonly store: WorkshopStore;
}

export function VoteList({ board, vote, ballot, store }: VoteListProps) {
  if (vote.results) {
    if (vote.results.ranked.length === 0) return <p>{t("Nobody gave a dot.")}</p>;
    return (
      <ol className="workshop-list">
        {vote.results.ranked.map(([id, dots]) => (
          <li key={id}>
            <Name board={board} id={id} />
            <strong>{tn(dots, "one dot", "{n} dots")}</strong>
          </li>
        ))}
      </ol>
    );
  }
  const isFull = sumOf(ballot.dots) >= vote.dots;
  // What is gone can't get a dot, and gives back those it has.
  const objects = vote.objects.filter((id) => isThere(board, id) || ballot.dots[id]);
  return (
    <ul className="workshop-list">
      {objects.map((id) => {
        const what = nameOf(board, id);
        const count = ballot.dots[id] ?? 0;
        return (
          <li key={id}>
            <Name board={board} id={id} />
            <button
              type="button"
              className="icon-button"
              aria-label={t("Take a dot back from {what}", { what })}
              {...pressable(count > 0, () => store.dot(id, -1))}
            >
              −
            </button>
            <output aria-label={tn(count, "one dot of yours", "{n} dots of yours")}>{count}</output>
            <button
              type="button"
              className="icon-button"
              aria-label={t("Give a dot to {what}", { what })}
              {...pressable(!isFull && isThere(board, id), () => store.dot(id, 1))}
            >
              +
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Name({ board, id }: { readonly board: JoinedBoard; readonly id: string }) {
  if (!isThere(board, id)) {
    return (
      <span className="workshop-name">
        {nameOf(board, id)} <span className="workshop-soft">({t("deleted")})</span>
      </span>
    );
  }
  return (
    <button type="button" className="workshop-name" onClick={() => showObject(board.api, id, true)}>
      {nameOf(board, id)}
    </button>
  );
}

/** Whether an object is on the board, and not deleted. */
export function isThere({ doc }: JoinedBoard, id: string): boolean {
  const map = elementMap(doc, id);
  return map !== null && !map.get("del");
}

/** What an object is and says, also of a deleted one. */
export function nameOf({ doc }: JoinedBoard, id: string): string {
  return elementMap(doc, id) ? elementLabel(describeElement(doc, id)) : t("Object");
}
