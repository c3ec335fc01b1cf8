/**
 * The buttons of the editor's own panel, which a bar at the selection works as well. It has no other way to
 * align or group. They are known by their keys, which are the same in every language.
 */

export interface EditorButton {
  readonly label: string;
  /** Its picture, as the editor draws it. */
  readonly picture: string;
  readonly press: () => void;
}

export interface ColourRow {
  readonly label: string;
  readonly colours: readonly {
    /** As style sheets write it. */
    readonly value: string;
    readonly isChosen: boolean;
    readonly press: () => void;
  }[];
}

const PANEL = ".App-menu__left";
const ALIGN_KEY = /Shift\+Left/;
const GROUP_KEY = /\+G$/;

/** Those that align and distribute; none while there is nothing to align. */
export function alignButtons(editor: HTMLElement): EditorButton[] {
  const [first] = shown(editor).filter(({ title }) => ALIGN_KEY.test(title));
  const all = first?.closest("fieldset")?.querySelectorAll<HTMLButtonElement>("button") ?? [];
  return [...all].filter((one) => !one.hidden).map(described);
}

/** To group, or to take a group apart. */
export function groupButtons(editor: HTMLElement): EditorButton[] {
  return shown(editor)
    .filter(({ title }) => GROUP_KEY.test(title))
    .map(described);
}

/** The first colours that the editor offers, in a row for each kind: the outline, and what is inside. */
export function colourRows(editor: HTMLElement): ColourRow[] {
  return [...editor.querySelectorAll(`${PANEL} .color-picker__top-picks`)].map((row) => {
    const more = row.parentElement?.querySelector(".properties-trigger");
    return {
      label: more?.getAttribute("aria-label") ?? "",
      colours: [...row.querySelectorAll<HTMLButtonElement>("button")].map((button) => ({
        value: button.title,
        isChosen: button.classList.contains("active"),
        press: () => button.click(),
      })),
    };
  });
}

function shown(editor: HTMLElement): HTMLButtonElement[] {
  return [...editor.querySelectorAll<HTMLButtonElement>(`${PANEL} button[title]`)].filter(
    (one) => !one.hidden,
  );
}

function described(button: HTMLButtonElement): EditorButton {
  return {
    label: button.getAttribute("aria-label") ?? button.title,
    picture: button.querySelector("svg")?.outerHTML ?? "",
    press: () => button.click(),
  };
}
