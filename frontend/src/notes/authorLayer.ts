/**
 * The names of those who wrote notes, small at the lower edge of each. They lie between the editor's
 * canvas and its tools, all in one layer that moves and grows with the canvas, and are no part of the drawing.
 */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type * as Y from "yjs";
import type { Author } from "../canvas/writer";
import { t } from "../i18n";
import { authorsOf, type NoteAuthors } from "./authors";
import { covered } from "./covered";
import { type NoteElement, notesIn } from "./scene";

/** More names are more than anybody reads. */
const MOST = 3_000;
/** Below, nobody can read them. */
const READABLE_ZOOM = 0.4;

interface Label {
  readonly view: HTMLElement;
  readonly name: HTMLElement;
  place: string;
}

export class AuthorLayer {
  private readonly api: ExcalidrawImperativeAPI;
  private readonly doc: Y.Doc;
  private readonly author: Author;
  private readonly view = document.createElement("div");
  private readonly layer = document.createElement("div");
  private readonly labels = new Map<string, Label>();
  private readonly stops: (() => void)[];
  private elements: readonly unknown[] | null = null;
  private notes: readonly NoteElement[] = [];

  /** `container` is the editor's own element. */
  constructor(api: ExcalidrawImperativeAPI, doc: Y.Doc, author: Author, container: HTMLElement) {
    this.api = api;
    this.doc = doc;
    this.author = author;
    this.view.className = "note-authors";
    this.layer.className = "note-author-layer";
    this.view.append(this.layer);
    container.append(this.view);
    const authors = doc.getMap("authors");
    authors.observe(this.lookAgain);
    this.stops = [
      api.onScrollChange(this.move),
      api.onChange(this.look),
      () => authors.unobserve(this.lookAgain),
    ];
    this.move();
    this.look();
  }

  destroy(): void {
    for (const stop of this.stops) stop();
    this.view.remove();
  }

  private readonly move = (): void => {
    const { zoom, scrollX, scrollY } = this.api.getAppState();
    const shift = `translate(${scrollX * zoom.value}px, ${scrollY * zoom.value}px)`;
    this.layer.style.transform = `${shift} scale(${zoom.value})`;
    this.view.hidden = zoom.value < READABLE_ZOOM;
  };

  private readonly lookAgain = (): void => {
    this.elements = null;
    this.look();
  };

  private readonly look = (): void => {
    const elements = this.api.getSceneElements();
    const isNew = elements !== this.elements;
    if (isNew) {
      this.elements = elements;
      this.notes = notesIn(elements).slice(0, MOST);
      this.name();
    }
    // The editor moves elements in place as long as it is the same array.
    let isMoved = isNew;
    for (const note of this.notes) {
      const label = this.labels.get(note.id);
      if (label && place(label, note)) isMoved = true;
    }
    if (isMoved) this.hideCovered();
  };

  private name(): void {
    const gone = new Set(this.labels.keys());
    for (const note of this.notes) {
      const text = note.boundElements?.find(({ type }) => type === "text")?.id ?? null;
      const authors = authorsOf(this.doc, note.id, text, this.author);
      if (!authors) continue;
      gone.delete(note.id);
      const { name } = this.labels.get(note.id) ?? this.add(note.id);
      const words = wordsFor(authors);
      if (name.textContent !== words) name.textContent = words;
    }
    for (const id of gone) {
      this.labels.get(id)?.view.remove();
      this.labels.delete(id);
    }
  }

  private add(id: string): Label {
    const view = document.createElement("div");
    view.className = "note-author";
    const name = document.createElement("span");
    name.dir = "auto";
    view.append(name);
    this.layer.append(view);
    const label = { view, name, place: "" };
    this.labels.set(id, label);
    return label;
  }

  private hideCovered(): void {
    const hidden = covered(this.notes);
    for (const [at, { id }] of this.notes.entries()) {
      const label = this.labels.get(id);
      if (label) label.view.hidden = hidden.has(at);
    }
  }
}

function wordsFor({ maker, editor }: NoteAuthors): string {
  if (maker === null) return editor ?? "";
  return editor === null ? maker : t("{name}, edited by {editor}", { name: maker, editor });
}

/** Lays a label over its note; returns whether it had to be moved. */
function place(label: Label, { x, y, width, height, angle }: NoteElement): boolean {
  const wanted = [x, y, width, height, angle].join();
  if (label.place === wanted) return false;
  label.place = wanted;
  const { style } = label.view;
  style.translate = `${x}px ${y}px`;
  style.width = `${width}px`;
  style.height = `${height}px`;
  style.rotate = `${angle}rad`;
  return true;
}
