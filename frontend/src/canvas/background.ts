/** The background of the board, both ways. */
import type * as Y from "yjs";
import type { EditorState } from "./gesture";
import type { Json } from "./groups";

const KEY = "viewBackgroundColor";
/** How long the editor may take to report a background that was set from outside. */
const PATIENCE_MS = 1000;
const MAX_COLOR_LENGTH = 64;

export class Background {
  private readonly meta: Y.Map<Json>;
  /** What was last exchanged. */
  private color: string;
  private awaitedUntil = 0;

  constructor(meta: Y.Map<Json>, color: string) {
    this.meta = meta;
    this.color = color;
  }

  /** Whether a push could have something to write. */
  isTouched({ viewBackgroundColor }: EditorState): boolean {
    return viewBackgroundColor !== this.color;
  }

  /** The color that the user chose since the last exchange; `null` when they chose none. */
  changed({ viewBackgroundColor: color }: EditorState): string | null {
    if (color === this.color) this.awaitedUntil = 0;
    // The editor reports a background from outside some renders later; until then it is no edit.
    if (color === this.color || Date.now() < this.awaitedUntil) return null;
    this.color = color;
    return color;
  }

  /** To be called in a transaction. */
  write(color: string): void {
    this.meta.set(KEY, color);
  }

  /** Shows what was last exchanged instead of what the user chose; returns whether they chose anything. */
  takeBack(editor: EditorState, show: (color: string) => void): boolean {
    const { color } = this;
    if (this.changed(editor) === null) return false;
    this.color = color;
    this.awaitedUntil = Date.now() + PATIENCE_MS;
    show(color);
    return true;
  }

  /** Shows what the document says, when that is something else. */
  pull(show: (color: string) => void): void {
    const color = this.meta.get(KEY);
    if (typeof color !== "string" || color.length > MAX_COLOR_LENGTH) return;
    if (color === this.color) return;
    this.color = color;
    this.awaitedUntil = Date.now() + PATIENCE_MS;
    show(color);
  }
}
