/** The colours of notes: under the tools while the tool is on, else at the note that is written in. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { useMemo, useRef, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { t } from "../i18n";
import { NOTE_KEYS, shortcutText } from "../keys/shortcuts";
import { usePlace } from "../selection/place";
import { NoteColours } from "./NoteColours";
import { noteBeingWritten, selectedNotes } from "./scene";

interface ColourBarProps {
  readonly api: ExcalidrawImperativeAPI;
  readonly editor: HTMLElement;
  /** Whether the tool is on. */
  readonly isOn: boolean;
}

/** Between the bar and the notes, in pixels. */
const SPACE = 14;

export function ColourBar({ api, editor, isOn }: ColourBarProps) {
  const isWriting = useSyncExternalStore(api.onChange, () => noteBeingWritten(api) !== null);
  const isAtNotes = useSyncExternalStore(api.onChange, () => subjects(api, editor).length > 0);
  const bar = useRef<HTMLFieldSetElement>(null);
  const subject = useMemo(
    () => (isAtNotes && !isOn ? { elements: () => subjects(api, editor), space: SPACE } : null),
    [api, editor, isAtNotes, isOn],
  );
  usePlace(bar, api, editor, subject);
  if (!isOn && !isAtNotes) return null;
  return createPortal(
    <fieldset
      ref={bar}
      className="note-colours"
      data-place={isOn ? "tools" : "notes"}
      aria-label={t("Colour of notes")}
      // What is being written goes on.
      onMouseDown={(event) => event.preventDefault()}
    >
      <NoteColours api={api} isForNext={isOn} />
      <Hint isOn={isOn} isWriting={isWriting} />
    </fieldset>,
    editor,
  );
}

function Hint({ isOn, isWriting }: { readonly isOn: boolean; readonly isWriting: boolean }) {
  if (isOn) return <span className="note-hint">{t("Click where the note goes")}</span>;
  if (!isWriting) return null;
  return (
    <span className="note-hint">
      <kbd>{shortcutText(NOTE_KEYS.next)}</kbd> {t("next note")}
    </span>
  );
}

/** The note that is written in; on phones, which have no bar at the selection, those that are selected. */
function subjects(api: ExcalidrawImperativeAPI, editor: HTMLElement) {
  const written = noteBeingWritten(api);
  if (written) return [written.note];
  const isPhone = editor.classList.contains("excalidraw--mobile");
  return isPhone && !api.getAppState().selectedElementsAreBeingDragged ? selectedNotes(api) : [];
}
