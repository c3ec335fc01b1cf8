/** The colour of the next note: the one that was chosen last, on this device. */
import { Listeners } from "../listeners";
import { ownName } from "../prefix";
import { COLOURS } from "./note";

const STORAGE_KEY = ownName("canvas-note-colour");

export class NoteColour {
  private readonly listeners = new Listeners();
  private chosen: string = stored();
  readonly subscribe = this.listeners.add;

  readonly snapshot = (): string => this.chosen;

  choose(colour: string): void {
    this.chosen = colour;
    try {
      localStorage.setItem(STORAGE_KEY, colour);
    } catch {
      // Without storage the choice holds for this page only.
    }
    this.listeners.call();
  }
}

export const noteColour = new NoteColour();

function stored(): string {
  try {
    const colour = localStorage.getItem(STORAGE_KEY);
    return Object.values<string | null>(COLOURS).includes(colour) && colour
      ? colour
      : COLOURS.yellow;
  } catch {
    return COLOURS.yellow;
  }
}
