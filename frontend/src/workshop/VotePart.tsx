/** Voting with dots: starting a vote, giving dots, and what came out. */
import { type FormEvent, useState, useSyncExternalStore } from "react";
import { elementMap } from "../canvas/shared";
import { t, tn } from "../i18n";
import { notesIn } from "../notes/scene";
import { pressable } from "../page/buttons";
import type { JoinedBoard } from "../page/useBoard";
import { keepResults } from "./keep";
import { Popover } from "./Popover";
import type { PartProps } from "./parts";
import { sumOf, type Vote } from "./state";
import { VoteList } from "./VoteList";
import { VoteMarks } from "./VoteMarks";

const MOST_DOTS = 20;
/** As on the server. */
const MOST_OBJECTS = 300;

export function VotePart(props: PartProps) {
  const { vote } = props.workshop;
  if (!vote) return props.isLeading ? <Start {...props} /> : null;
  return (
    <>
      <VoteMarks {...props} vote={vote} />
      {vote.results ? <Results {...props} vote={vote} /> : <Voting {...props} vote={vote} />}
    </>
  );
}

function Start({ board, store }: PartProps) {
  return (
    <Popover label={t("Vote")}>
      {(close) => (
        <StartForm
          board={board}
          onStart={(dots, objects) => {
            close();
            void store.command("PUT", "/vote", { dots, objects });
          }}
        />
      )}
    </Popover>
  );
}

interface StartFormProps {
  readonly board: JoinedBoard;
  readonly onStart: (dots: number, objects: readonly string[]) => void;
}

function StartForm({ board, onStart }: StartFormProps) {
  const [dots, setDots] = useState("3");
  const selected = useIds(board, selectedOf);
  const notes = useIds(board, notesOf);
  const [wanted, setWanted] = useState(selected.length > 1 ? "selected" : "notes");
  const chosen = wanted === "selected" ? selected : notes;
  const isPossible = chosen.length > 0 && chosen.length <= MOST_OBJECTS;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isPossible) onStart(Number(dots), chosen);
  };
  const choices = [
    ["notes", tn(notes.length, "The one note", "All {n} notes")],
    ["selected", tn(selected.length, "The selected object", "The {n} selected objects")],
  ] as const;
  return (
    <form className="workshop-form" onSubmit={onSubmit}>
      <label>
        {t("Dots for each person")}
        <input
          type="number"
          min="1"
          max={MOST_DOTS}
          required
          value={dots}
          onChange={({ target }) => setDots(target.value)}
        />
      </label>
      <fieldset>
        <legend>{t("Vote on")}</legend>
        {choices.map(([name, label]) => (
          <label key={name} className="workshop-radio">
            <input
              type="radio"
              name="objects"
              checked={wanted === name}
              onChange={() => setWanted(name)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {chosen.length === 0 && (
        <p className="workshop-soft">
          {wanted === "notes"
            ? t("There are no notes yet: make some, or select what to vote on.")
            : t("Select what to vote on.")}
        </p>
      )}
      {chosen.length > MOST_OBJECTS && (
        <p className="workshop-soft">{t("{n} objects at most.", { n: MOST_OBJECTS })}</p>
      )}
      <button type="submit" className="button primary" {...pressable(isPossible)}>
        {t("Start the vote")}
      </button>
      <p className="workshop-soft">{t("Nobody sees the dots of others before you reveal them.")}</p>
    </form>
  );
}

type VoteProps = PartProps & { readonly vote: Vote };

function Voting({ store, board, vote, ballot, isLeading, canComment }: VoteProps) {
  const left = vote.dots - sumOf(ballot.dots);
  return (
    <>
      {canComment && (
        <>
          <Popover label={tn(left, "One dot left", "{n} dots left")}>
            {() => (
              <>
                <p className="workshop-soft">
                  {t("Click on objects to give them dots, or use this list.")}
                </p>
                <VoteList {...{ board, vote, ballot, store }} />
              </>
            )}
          </Popover>
          <button
            type="button"
            className="button"
            aria-pressed={ballot.isDone}
            onClick={() => store.finish(!ballot.isDone)}
          >
            {ballot.isDone ? t("Finished ✓") : t("I have finished")}
          </button>
        </>
      )}
      <span className="workshop-soft">
        {tn(vote.finished, "one person has finished", "{n} people have finished")}
      </span>
      {isLeading && (
        <>
          <button
            type="button"
            className="button primary"
            onClick={() => void store.command("POST", "/vote")}
          >
            {t("Reveal the dots")}
          </button>
          <EndVote store={store} label={t("Cancel the vote")} />
        </>
      )}
    </>
  );
}

function Results({ store, board, vote, ballot, isLeading, canEdit, say }: VoteProps) {
  const { results } = vote;
  if (!results) return null;
  const keep = () => {
    keepResults(board, results);
    say(t("The dots are on the board now."));
  };
  return (
    <>
      <Popover label={t("Results")} className="primary">
        {(close) => (
          <>
            <p className="workshop-soft">
              {tn(results.people, "one person voted", "{n} people voted")}
              {results.guests > 0 && `, ${tn(results.guests, "one a guest", "{n} of them guests")}`}
            </p>
            <VoteList {...{ board, vote, ballot, store }} />
            {canEdit && results.ranked.length > 0 && (
              <button
                type="button"
                className="button"
                onClick={() => {
                  keep();
                  close();
                }}
              >
                {t("Keep the dots on the board")}
              </button>
            )}
          </>
        )}
      </Popover>
      {isLeading && <EndVote store={store} label={t("End the vote")} />}
    </>
  );
}

function EndVote({ store, label }: Pick<PartProps, "store"> & { readonly label: string }) {
  return (
    <button type="button" className="button" onClick={() => void store.command("DELETE", "/vote")}>
      {label}
    </button>
  );
}

/** Of objects that others have too: what somebody writes privately is not voted on. */
function notesOf({ api, doc }: JoinedBoard): string[] {
  const notes = notesIn(api.getSceneElements());
  return notes.map(({ id }) => id).filter((id) => elementMap(doc, id));
}

function selectedOf({ api, doc }: JoinedBoard): string[] {
  const { selectedElementIds } = api.getAppState();
  return api
    .getSceneElements()
    .filter(({ id }) => selectedElementIds[id] && elementMap(doc, id))
    .filter((one) => !("containerId" in one && one.containerId))
    .map(({ id }) => id);
}

/** Ids that follow what happens on the canvas. */
function useIds(board: JoinedBoard, read: (board: JoinedBoard) => string[]): readonly string[] {
  const text = useSyncExternalStore(board.api.onChange, () => read(board).join("\n"));
  return text === "" ? [] : text.split("\n");
}
