/** Private writing: what goes on, and for the leader how to begin and to reveal it. */
import { useEffect, useSyncExternalStore } from "react";
import type { Awareness } from "y-protocols/awareness";
import { t, tn } from "../i18n";
import { noteBeingWritten } from "../notes/scene";
import type { Drafts } from "./drafts";
import { writersOf } from "./others";
import type { PartProps } from "./parts";

export function WritingPart(props: PartProps & { readonly drafts: Drafts }) {
  const { workshop, store, isLeading, canEdit } = props;
  const isOn = workshop.writing !== null;
  if (!isOn && !isLeading) return null;
  if (!isOn) {
    return (
      <button
        type="button"
        className="button"
        onClick={() => void store.command("PUT", "/writing")}
      >
        {t("Write privately")}
      </button>
    );
  }
  return (
    <>
      {canEdit ? <Own {...props} /> : null}
      <OfOthers awareness={props.session.connection.provider.awareness} />
      {isLeading && (
        <button
          type="button"
          className="button primary"
          onClick={() => void store.command("DELETE", "/writing")}
        >
          {t("Reveal the notes")}
        </button>
      )}
    </>
  );
}

function Own({ session, board, drafts }: PartProps & { readonly drafts: Drafts }) {
  const notes = useSyncExternalStore(drafts.subscribe, drafts.snapshot);
  const isWriting = useSyncExternalStore(board.api.onChange, () => {
    const written = noteBeingWritten(board.api);
    return written !== null && session.hold.isHeld(written.note.id);
  });
  const { awareness } = session.connection.provider;
  useEffect(() => {
    awareness.setLocalStateField("private", { notes, isWriting });
  }, [awareness, notes, isWriting]);
  useEffect(() => () => awareness.setLocalStateField("private", null), [awareness]);
  return (
    <span className="workshop-private">
      <strong>{t("New notes are private")}</strong>{" "}
      {notes > 0 && tn(notes, "One of yours waits.", "{n} of yours wait.")}
      {!drafts.isKept && ` ${t("This browser keeps nothing: leave this page open.")}`}
    </span>
  );
}

function OfOthers({ awareness }: { readonly awareness: Awareness }) {
  const subscribe = (listener: () => void) => {
    awareness.on("change", listener);
    return () => awareness.off("change", listener);
  };
  const text = useSyncExternalStore(subscribe, () => {
    const { notes, writing } = writersOf(awareness);
    const parts = [tn(notes, "one note of others", "{n} notes of others")];
    if (writing > 0) parts.push(tn(writing, "one person is writing", "{n} people are writing"));
    return parts.join(", ");
  });
  return <span className="workshop-soft">{text}</span>;
}
