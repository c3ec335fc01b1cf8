/** The six colours of notes: of those that are selected or written in, or of the next one. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { useSyncExternalStore } from "react";
import { newVersion } from "../canvas/merge";
import { t } from "../i18n";
import { noteColour } from "./colour";
import { COLOURS } from "./note";
import {
  changeElements,
  EVENTUALLY,
  IMMEDIATELY,
  type NoteElement,
  noteBeingWritten,
  selectedNotes,
} from "./scene";

interface NoteColoursProps {
  readonly api: ExcalidrawImperativeAPI;
  /** Of the next note, and not of those that are there. */
  readonly isForNext?: boolean;
}

export function NoteColours({ api, isForNext = false }: NoteColoursProps) {
  const next = useSyncExternalStore(noteColour.subscribe, noteColour.snapshot);
  const present = useSyncExternalStore(api.onChange, () => coloursOf(subjects(api)));
  const choose = (value: string) => {
    noteColour.choose(value);
    if (!isForNext) paint(api, value);
  };
  return (
    <>
      {Object.entries(names()).map(([name, label]) => {
        const value = COLOURS[name as keyof typeof COLOURS];
        return (
          <button
            key={name}
            type="button"
            className="note-colour"
            data-colour={name}
            aria-label={label}
            aria-pressed={(isForNext ? next : present) === value}
            title={label}
            onClick={() => choose(value)}
          />
        );
      })}
    </>
  );
}

function names(): Record<keyof typeof COLOURS, string> {
  return {
    yellow: t("Yellow"),
    orange: t("Orange"),
    pink: t("Pink"),
    violet: t("Violet"),
    blue: t("Blue"),
    green: t("Green"),
  };
}

/** The notes that a colour is for. */
function subjects(api: ExcalidrawImperativeAPI): NoteElement[] {
  const written = noteBeingWritten(api);
  if (written) return [written.note];
  return api.getAppState().selectedElementsAreBeingDragged ? [] : selectedNotes(api);
}

/** The colour that they share, several in a row, or nothing without notes. */
function coloursOf(notes: readonly NoteElement[]): string {
  return [...new Set(notes.map(({ backgroundColor }) => backgroundColor))].join();
}

function paint(api: ExcalidrawImperativeAPI, backgroundColor: string): void {
  const ids = new Set(subjects(api).map(({ id }) => id));
  const capture = noteBeingWritten(api) ? EVENTUALLY : IMMEDIATELY;
  changeElements(
    api,
    (one) => (ids.has(one.id) ? { ...one, backgroundColor, ...newVersion(one) } : one),
    capture,
  );
}
