/**
 * Writing in notes, in the editor's own field for texts: letters become smaller so that the text
 * fits, then the note grows; Tab goes on with the next note. A new note and its first text are one
 * step of undo.
 */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { flushSync } from "react-dom";
import { newVersion } from "../canvas/merge";
import { CLOSE_KEY, NOTE_KEYS } from "../keys/shortcuts";
import { frameAt } from "../page/where";
import { LARGEST } from "./fit";
import { type Fitted, fitText, measured } from "./measure";
import { type Box, emptyNote, nextPlace, noteWithText, TEXT_COLOUR } from "./note";
import { reveal } from "./reveal";
import {
  addElements,
  changeElements,
  EVENTUALLY,
  IMMEDIATELY,
  type NoteElement,
  noteBeingWritten,
  notesIn,
  type TextElement,
} from "./scene";

const FIELD = "textarea.excalidraw-wysiwyg";

/** Within what letters and note stay while one text is written. */
interface Session {
  readonly text: string;
  readonly largest: number;
  readonly height: number;
}

export class NoteWriting {
  private readonly api: ExcalidrawImperativeAPI;
  private readonly editor: HTMLElement;
  private session: Session | null = null;
  /** The note that was made last, until its text is written. */
  private made: string | null = null;
  private readonly controller = new AbortController();

  /** `editor` is the editor's own element. */
  constructor(api: ExcalidrawImperativeAPI, editor: HTMLElement) {
    this.api = api;
    this.editor = editor;
    const options = { capture: true, signal: this.controller.signal };
    // Before the editor, which then measures the text in its new size.
    window.addEventListener("input", this.onInput, options);
    window.addEventListener("keydown", this.onKey, options);
    const stop = api.onChange(this.onChange);
    this.controller.signal.addEventListener("abort", stop);
  }

  destroy(): void {
    this.controller.abort();
  }

  /** Makes a note and begins to write in it. */
  start(box: Box, colour: string): void {
    const { api } = this;
    const note = measured([emptyNote(box, colour, frameAt(api, box))])[0];
    if (!note) return;
    // The editor takes the selected element, and looks at its state.
    flushSync(() => addElements(api, [note], [note.id], EVENTUALLY));
    reveal(api, note);
    const canvas = this.editor.querySelector("canvas.interactive");
    const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
    flushSync(() => canvas?.dispatchEvent(enter));
    this.made = note.id;
    this.onChange();
  }

  private readonly onInput = ({ target }: Event): void => {
    if (target instanceof HTMLTextAreaElement && target.matches(FIELD)) this.refit(target);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const { target, key, shiftKey } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if ((shiftKey ? `Shift+${key}` : key) === NOTE_KEYS.below) this.goOn(event, target, true);
    else if (key === NOTE_KEYS.next && !shiftKey) this.goOn(event, target, false);
  };

  private goOn(event: Event, field: EventTarget | null, isBelow: boolean): void {
    if (!(field instanceof HTMLTextAreaElement && field.matches(FIELD))) return;
    const written = noteBeingWritten(this.api);
    if (!written) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const close = new KeyboardEvent("keydown", { key: CLOSE_KEY, bubbles: true, cancelable: true });
    field.dispatchEvent(close);
    // The step of this note ends before the next begins.
    flushSync(this.onChange);
    const notes = notesIn(this.api.getSceneElements());
    const { note } = written;
    const from = notes.find(({ id }) => id === note.id) ?? note;
    this.start(nextPlace(from, notes, isBelow), from.backgroundColor);
  }

  private readonly onChange = (): void => {
    const editing = this.api.getAppState().editingTextElement;
    if (editing && this.session?.text !== editing.id) this.begin();
    else if (!editing) this.end();
  };

  private begin(): void {
    const written = noteBeingWritten(this.api);
    if (!written) return;
    this.session = sessionOf(written.note, written.text);
    const field = this.editor.querySelector(FIELD);
    if (field instanceof HTMLTextAreaElement) this.refit(field);
  }

  private end(): void {
    const { made } = this;
    this.session = null;
    this.made = null;
    const isEmpty = (one: { id: string; boundElements: readonly unknown[] | null }) =>
      one.id === made && (one.boundElements ?? []).length === 0;
    if (made === null || !this.api.getSceneElements().some(isEmpty)) return;
    // The editor makes a step of undo of a text, and selects what it is in; here there was none.
    changeElements(this.api, (element) => element, IMMEDIATELY);
    // Afterwards: what is selected belongs to no step.
    queueMicrotask(() => this.select(made));
  }

  /** Unless something else was begun meanwhile. */
  private select(id: string): void {
    const { editingTextElement, selectedElementIds } = this.api.getAppState();
    if (editingTextElement || Object.keys(selectedElementIds).length > 0) return;
    this.api.updateScene({ appState: { selectedElementIds: { [id]: true } } });
  }

  /** Gives the text that is in the field, and its note, the size that they need. */
  private refit(field: HTMLTextAreaElement): void {
    const written = noteBeingWritten(this.api);
    const { session } = this;
    if (!written || session?.text !== written.text.id) return;
    const { note, text } = written;
    const wanted = { width: note.width, height: session.height };
    const fitted = fitText(field.value, wanted, text, session.largest);
    const isStyled = this.made !== note.id || text.strokeColor === TEXT_COLOUR;
    const isSame = fitted.fontSize === text.fontSize && fitted.height === note.height;
    if (isStyled && isSame) return;
    // So the editor takes the note's present height for the one that was chosen, and leaves it.
    field.style.fontSize = "0px";
    this.resize(note, text, field.value, fitted);
  }

  private resize(note: NoteElement, text: TextElement, value: string, fitted: Fitted): void {
    const { fontSize } = fitted;
    const box = { x: note.x, y: note.y, width: note.width, height: fitted.height };
    const label = measured(noteWithText(box, "", value, { ...text, fontSize }))[1];
    const size = label?.type === "text" ? sizeOf(label) : {};
    const colour = this.made === note.id ? { strokeColor: TEXT_COLOUR, opacity: 100 } : {};
    changeElements(
      this.api,
      (one) => {
        if (one.id === note.id) return { ...one, height: fitted.height, ...newVersion(one) };
        if (one.id !== text.id) return one;
        return { ...one, ...size, ...colour, fontSize, ...newVersion(one) };
      },
      EVENTUALLY,
    );
  }
}

function sizeOf({ text, originalText, x, y, width, height }: TextElement) {
  return { text, originalText, x, y, width, height };
}

/**
 * A text that is as large as it can be was fitted here, and one in other letters by a person. A note
 * that is just as high as its text needs has grown, and may shrink again.
 */
function sessionOf(note: NoteElement, text: TextElement): Session {
  const { id, originalText, fontSize } = text;
  if (originalText.trim() === "") return { text: id, largest: LARGEST, height: note.height };
  const square = Math.min(note.width, note.height);
  const least = fitText(originalText, { width: note.width, height: square }, text);
  const isGrown = Math.abs(least.height - note.height) < 1;
  const height = isGrown ? square : note.height;
  const usual = fitText(originalText, { width: note.width, height }, text);
  return { text: id, largest: usual.fontSize === fontSize ? LARGEST : fontSize, height };
}
