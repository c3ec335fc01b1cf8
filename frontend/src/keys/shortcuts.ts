/**
 * Every key of this product, in one place: what the page does with it, and what the help says of it.
 * A key is `event.key`, letters in lower case, with "Shift+" before it where Shift is held and makes
 * no other character, and with "Control+" for the control or command key. The editor's own keys are in its own help.
 */
import { t } from "../i18n";

/** Of the board page. */
export const BOARD_KEYS = {
  comment: "c",
  comments: "Shift+c",
  present: "Shift+p",
  help: "?",
  print: "Control+p",
  outline: "Shift+o",
  library: "Shift+l",
  workshop: "Shift+w",
} as const;

/** While a workshop is on: the reactions; digits choose one of them. */
export const WORKSHOP_KEYS = { react: "Shift+r" } as const;

/**
 * On the canvas: with Alt, to the next object, and with Alt and Shift, its size; and what a chosen tool
 * draws without a mouse.
 */
export const CANVAS_KEYS = {
  go: { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" },
  /** With Alt and Shift, by their places: what Alt makes of a key differs between keyboards. */
  turn: { Period: 1, Comma: -1 },
  draw: "Enter",
} as const;

/** The tool for notes, and while one is written: the next one, beside it or below it. */
export const NOTE_KEYS = { tool: "n", next: "Tab", below: "Shift+Tab" } as const;

/** Of the library, beside the arrows, which with Alt move an item. */
export const LIBRARY_KEYS = { rename: "F2", remove: "Delete" } as const;

/** Of the list of boards, beside the arrows, which go from board to board. */
export const LIST_KEYS = { search: "/", create: "n", choose: "x" } as const;

/** With the control key, on every page: the search. */
export const SEARCH_KEY = "k";

/** While presenting; the first of each is the one that the help names. */
export const STAGE_KEYS = {
  next: ["ArrowRight", " ", "ArrowDown", "PageDown", "Enter"],
  previous: ["ArrowLeft", "ArrowUp", "PageUp", "Backspace"],
  first: ["Home"],
  last: ["End"],
} as const satisfies Record<string, readonly string[]>;

/** The editor's keys that draw or change something, by `event.key` in lower case. */
export const DRAWING_KEYS: ReadonlySet<string> = new Set([
  ..."rdoalptefn1234567890",
  "delete",
  "backspace",
]);

/** The same with the control key: undo, redo, duplicate, group, paste, cut. */
export const CHANGING_KEYS: ReadonlySet<string> = new Set("zydgvx");

export const CLOSE_KEY = "Escape";

/** Work a button or leave a panel: kept from the editor while the focus is in a panel. */
export const PANEL_KEYS: ReadonlySet<string> = new Set(["Enter", " ", "Tab", CLOSE_KEY]);

/** The control or command key, as it is called on the keyboards of this system. */
export function controlName(): string {
  return /Mac|iP(hone|ad|od)/.test(navigator.platform) ? "⌘" : t("Ctrl");
}

/** One line of the help: what something does, and each of the keys to press. */
export type HelpRow = readonly [what: string, ...keys: string[]];

export interface HelpSection {
  readonly title: string;
  readonly rows: readonly HelpRow[];
}

/** What the help shows to somebody who may do this, with the name of their control key. */
export function helpSections(
  may: { readonly edit: boolean; readonly comment: boolean },
  control: string,
): HelpSection[] {
  const sections: HelpSection[] = [{ title: t("Board"), rows: boardRows(may.comment, control) }];
  if (may.edit) sections.push({ title: t("Drawing"), rows: drawingRows(control) });
  sections.push({ title: t("View"), rows: viewRows(control) });
  sections.push({ title: t("While presenting"), rows: stageRows() });
  return sections;
}

function boardRows(canComment: boolean, control: string): HelpRow[] {
  const does: Record<keyof typeof BOARD_KEYS, string> = {
    comment: t("Comment on something"),
    comments: t("List of comments"),
    present: t("Present"),
    help: t("Keys and help"),
    print: t("Print or save as PDF"),
    outline: t("Outline: all objects as a list"),
    library: t("Library"),
    workshop: t("Workshop: timer, votes, private writing"),
  };
  const shown = Object.entries(BOARD_KEYS).filter(([name]) => canComment || name !== "comment");
  return [
    [t("Search"), ...named(`Control+${SEARCH_KEY}`, control)],
    ...shown.map(
      ([name, key]) => [does[name as keyof typeof BOARD_KEYS], ...named(key, control)] as const,
    ),
    [t("React, in a workshop"), ...named(WORKSHOP_KEYS.react)],
    [t("Close what is open"), ...named(CLOSE_KEY)],
  ];
}

function stageRows(): HelpRow[] {
  return [
    [t("Next frame"), ...named(STAGE_KEYS.next[0])],
    [t("Next frame"), ...named(STAGE_KEYS.next[1])],
    [t("Previous frame"), ...named(STAGE_KEYS.previous[0])],
    [t("First and last frame"), ...named(STAGE_KEYS.first[0]), ...named(STAGE_KEYS.last[0])],
    [t("End the presentation"), ...named(CLOSE_KEY)],
  ];
}

/** The editor's keys that people need first. */
function drawingRows(control: string): HelpRow[] {
  return [
    [t("Select"), "V"],
    [t("Rectangle, diamond, ellipse"), "R", "D", "O"],
    [t("Arrow, line, pen"), "A", "L", "P"],
    [t("Text, eraser, frame"), "T", "E", "F"],
    [t("Note"), ...named(NOTE_KEYS.tool)],
    [t("Next note, from the text of one"), ...named(NOTE_KEYS.next)],
    [t("Next note below"), ...named(NOTE_KEYS.below)],
    [t("Laser pointer"), "K"],
    [t("Draw without a mouse"), t("tool"), nameOf(CANVAS_KEYS.draw)],
    [t("Wider, narrower, taller, flatter"), t("Alt"), t("Shift"), "→ ← ↓ ↑"],
    [t("Turn to the right, to the left"), t("Alt"), t("Shift"), ". ,"],
    [t("Undo your last change"), control, "Z"],
    [t("Duplicate"), control, "D"],
    [t("Group"), control, "G"],
  ];
}

function viewRows(control: string): HelpRow[] {
  return [
    [t("Move the canvas"), t("Space"), t("drag")],
    [t("Zoom"), control, t("wheel")],
    [t("Show everything"), t("Shift"), "1"],
    [t("Search on the canvas"), control, "F"],
    [t("Go to the next object"), t("Alt"), "↑ ↓ ← →"],
  ];
}

/** A key as menus show it. */
export function shortcutText(key: string, control = controlName()): string {
  return named(key, control).join("+");
}

/** The keys to press, as they are called on a keyboard. */
function named(key: string, control = ""): string[] {
  const modifiers = { "Shift+": t("Shift"), "Control+": control };
  for (const [modifier, name] of Object.entries(modifiers)) {
    if (key.startsWith(modifier)) return [name, nameOf(key.slice(modifier.length))];
  }
  return [nameOf(key)];
}

function nameOf(key: string): string {
  switch (key) {
    case " ":
      return t("Space");
    case "Escape":
      return "Esc";
    case "Tab":
      return "Tab";
    case "Home":
      return t("Home");
    case "End":
      return t("End");
    case "ArrowRight":
      return "→";
    case "ArrowLeft":
      return "←";
    default:
      return key.toUpperCase();
  }
}
