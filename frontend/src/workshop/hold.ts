/**
 * Which new notes stay in this page: those that are made while people write privately. Part of every
 * page, because a note is written as soon as it is made; the rest comes when a workshop is on.
 */
import type { SceneElement } from "../canvas/groups";
import { isNote } from "../canvas/note";

export class Hold {
  private readonly isWorkshopOn: () => boolean;
  private readonly ids = new Set<string>();
  /** `undefined` until the page knows: then everything stays, if a workshop is on. */
  private isOpen: boolean | undefined;

  constructor(isWorkshopOn: () => boolean) {
    this.isWorkshopOn = isWorkshopOn;
  }

  /** Says whether people write privately now. */
  setOpen(isOpen: boolean): void {
    this.isOpen = isOpen;
    if (!isOpen) this.ids.clear();
  }

  /** Whether a new element stays here: a note, or the text of one that does. */
  readonly holds = (element: SceneElement): boolean => {
    if (!(this.isOpen ?? this.isWorkshopOn())) return false;
    const isOfNote = element.type === "text" && this.ids.has(String(element.containerId));
    if (!isOfNote && !isNote(element)) return false;
    this.ids.add(element.id);
    return true;
  };

  /** Whether an element stays here. */
  readonly isHeld = (id: string): boolean => this.ids.has(id);
}
