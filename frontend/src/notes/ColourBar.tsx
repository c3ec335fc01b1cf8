/** The colours of notes: under the tools while the tool is on, else at the notes that are selected or written in. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { type RefObject, useEffect, useRef, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { newVersion } from "../canvas/merge";
import { t } from "../i18n";
import { NOTE_KEYS, shortcutText } from "../keys/shortcuts";
import { TOOL_MARGINS } from "../page/firstView";
import type { NoteColour } from "./colour";
import { COLOURS } from "./note";
import {
  changeElements,
  EVENTUALLY,
  IMMEDIATELY,
  type NoteElement,
  noteBeingWritten,
  selectedNotes,
} from "./scene";

interface ColourBarProps {
  readonly api: ExcalidrawImperativeAPI;
  readonly editor: HTMLElement;
  readonly colour: NoteColour;
  /** Whether the tool is on. */
  readonly isOn: boolean;
}

export function ColourBar({ api, editor, colour, isOn }: ColourBarProps) {
  const chosen = useSyncExternalStore(colour.subscribe, colour.snapshot);
  const ofNotes = useSyncExternalStore(api.onChange, () => coloursOf(subjects(api)));
  const isWriting = useSyncExternalStore(api.onChange, () => noteBeingWritten(api) !== null);
  const bar = useRef<HTMLFieldSetElement>(null);
  const isShown = isOn || ofNotes !== "";
  usePlace(bar, api, editor, isShown && !isOn);
  if (!isShown) return null;
  const present = isOn ? chosen : ofNotes;
  const choose = (value: string) => {
    colour.choose(value);
    if (!isOn) paint(api, value);
  };
  return createPortal(
    <fieldset
      ref={bar}
      className="note-colours"
      data-place={isOn ? "tools" : "notes"}
      aria-label={t("Colour of notes")}
      // What is being written goes on.
      onMouseDown={(event) => event.preventDefault()}
    >
      {Object.entries(names()).map(([name, label]) => {
        const value = COLOURS[name as keyof typeof COLOURS];
        return (
          <button
            key={name}
            type="button"
            className="note-colour"
            data-colour={name}
            aria-label={label}
            aria-pressed={present === value}
            title={label}
            onClick={() => choose(value)}
          />
        );
      })}
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

/** Between the bar and the notes, and between the bar and the edges of the canvas, in pixels. */
const SPACE = 14;

/** Keeps the bar above the notes, or below when there is no room, and beside the editor's own panel. */
function usePlace(
  bar: RefObject<HTMLElement | null>,
  api: ExcalidrawImperativeAPI,
  editor: HTMLElement,
  isAtNotes: boolean,
): void {
  useEffect(() => {
    const move = () => {
      if (!bar.current) return;
      const panel = editor.querySelector(".App-menu__left");
      const left = panel
        ? panel.getBoundingClientRect().right
        : editor.getBoundingClientRect().left;
      bar.current.style.translate = isAtNotes ? placeAt(api, bar.current, left) : "";
    };
    move();
    const stops = [api.onChange(move), api.onScrollChange(move)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [bar, api, editor, isAtNotes]);
}

function placeAt(api: ExcalidrawImperativeAPI, bar: HTMLElement, panelRight: number): string {
  const notes = subjects(api);
  const { zoom, scrollX, scrollY, width, height, offsetLeft } = api.getAppState();
  const left = Math.min(...notes.map(({ x }) => x));
  const right = Math.max(...notes.map((one) => one.x + one.width));
  const top = Math.min(...notes.map(({ y }) => y));
  const bottom = Math.max(...notes.map((one) => one.y + one.height));
  const x = ((left + right) / 2 + scrollX) * zoom.value - bar.offsetWidth / 2;
  const above = (top + scrollY) * zoom.value - SPACE - bar.offsetHeight;
  const below = (bottom + scrollY) * zoom.value + SPACE;
  const lowest = height - TOOL_MARGINS.bottom - bar.offsetHeight;
  const y = above < TOOL_MARGINS.top && below < lowest ? below : above;
  const farLeft = panelRight - offsetLeft + SPACE;
  const farRight = width - bar.offsetWidth - SPACE;
  return `${between(x, farLeft, farRight)}px ${between(y, TOOL_MARGINS.top, lowest)}px`;
}

function between(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
