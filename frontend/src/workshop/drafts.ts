/**
 * Notes that were written privately. They are in the scene of this page and, each under a key of its
 * own, in local storage, and nowhere else: `hold.ts` keeps them from the document. When the round is
 * over the page puts them on the board, also when it learns of it only later.
 */
import { CaptureUpdateAction, restoreElements } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import { isNote } from "../canvas/note";
import { elementMap } from "../canvas/shared";
import type { BoardConfig } from "../config";
import { Listeners } from "../listeners";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import { draftKey } from "./hasDrafts";

const SAVE_MS = 200;
/** How often it is looked whether the server has what was revealed. */
const LOOK_MS = 1000;

type Element = OrderedExcalidrawElement;

export class Drafts {
  private readonly key: string;
  private readonly session: BoardSession;
  private readonly board: JoinedBoard;
  private readonly listeners = new Listeners();
  private readonly stops: (() => void)[];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isOpen = false;
  private hasStorage = true;
  private count = 0;

  constructor(config: BoardConfig, session: BoardSession, board: JoinedBoard) {
    this.key = draftKey(config);
    this.session = session;
    this.board = board;
    const onHide = () => this.save();
    window.addEventListener("pagehide", onHide);
    document.addEventListener("visibilitychange", onHide);
    this.stops = [
      board.api.onChange(() => this.saveSoon()),
      () => window.removeEventListener("pagehide", onHide),
      () => document.removeEventListener("visibilitychange", onHide),
    ];
  }

  destroy(): void {
    this.save();
    if (this.timer !== null) clearTimeout(this.timer);
    for (const stop of this.stops) stop();
  }

  readonly subscribe = this.listeners.add;

  /** How many notes of this person wait. */
  readonly snapshot = (): number => this.count;

  /** Whether this browser keeps them over a reload. */
  get isKept(): boolean {
    return this.hasStorage;
  }

  /**
   * Says whether people write privately now, and whether this person may edit. Without that, notes
   * wait in this browser.
   */
  update(isOpen: boolean, canEdit: boolean): void {
    if (!isOpen && !canEdit) return;
    const wasOpen = this.isOpen;
    if (wasOpen && !isOpen) this.save();
    this.isOpen = isOpen;
    const { hold } = this.session;
    if (isOpen) hold.setOpen(true);
    this.bringBack();
    if (isOpen) this.save();
    else {
      hold.setOpen(false);
      this.reveal();
    }
  }

  /**
   * Puts the notes on the board: the binding finds them new in the scene. They are kept until the
   * server has them: the page may be closed before they are stored anywhere else.
   */
  private reveal(): void {
    this.board.flush();
    this.forgetSaved();
  }

  private readonly forgetSaved = (): void => {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.isOpen) return;
    const unsaved = this.session.unsavedWork();
    for (const id of this.kept().keys()) {
      if (elementMap(this.board.doc, id) && !unsaved.has(id)) this.drop(id);
    }
    this.setCount(this.kept().size);
    if (this.count > 0) this.timer = setTimeout(this.forgetSaved, LOOK_MS);
  };

  /** Shows what this browser keeps, and the page does not show. */
  private bringBack(): void {
    const { api, doc } = this.board;
    const elements = api.getSceneElementsIncludingDeleted();
    const shown = new Set(elements.map(({ id }) => id));
    const missing = [...this.kept()].filter(([id]) => !shown.has(id) && !elementMap(doc, id));
    const added = missing.flatMap(([, draft]) => draft);
    if (added.length === 0) return;
    api.updateScene({
      elements: [...elements, ...restoreElements(added, null)],
      captureUpdate: CaptureUpdateAction.NEVER,
    });
  }

  private saveSoon(): void {
    if (this.isOpen) this.timer ??= setTimeout(() => this.save(), SAVE_MS);
  }

  /** Keeps each note with its text; forgets those that were deleted. */
  private save(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (!this.isOpen) return;
    // Decides of what has just been made, too.
    this.board.flush();
    const { hold } = this.session;
    const held = this.board.api
      .getSceneElementsIncludingDeleted()
      .filter(({ id }) => hold.isHeld(id));
    const elements = held.filter(({ isDeleted }) => !isDeleted);
    const notes = elements.filter((one) => isNote(one));
    for (const note of notes) {
      const texts = elements.filter((one) => "containerId" in one && one.containerId === note.id);
      this.put(note.id, [note, ...texts]);
    }
    // What is missing altogether was not deleted: an editor that is closing shows nothing.
    for (const { id, isDeleted } of held) if (isDeleted) this.drop(id);
    this.setCount(this.hasStorage ? this.kept().size : notes.length);
  }

  private kept(): Map<string, readonly Element[]> {
    const found = new Map<string, readonly Element[]>();
    try {
      for (const key of Object.keys(localStorage).filter((one) => one.startsWith(this.key))) {
        const draft: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
        if (Array.isArray(draft)) found.set(key.slice(this.key.length), draft as Element[]);
      }
    } catch {
      this.hasStorage = false;
    }
    return found;
  }

  private put(id: string, draft: readonly Element[]): void {
    try {
      localStorage.setItem(this.key + id, JSON.stringify(draft));
    } catch {
      this.hasStorage = false;
    }
  }

  private drop(id: string): void {
    try {
      localStorage.removeItem(this.key + id);
    } catch {
      this.hasStorage = false;
    }
  }

  private setCount(count: number): void {
    if (count === this.count) return;
    this.count = count;
    this.listeners.call();
  }
}
