/** Accessible names for the editor's controls that have none. */
import { t } from "../i18n";

/** Names what is there and what appears later; returns how to stop that. */
export function nameControls(editor: HTMLElement): () => void {
  let isDue = false;
  const name = () => {
    isDue = false;
    label(editor, ".main-menu-trigger", t("Menu"));
    label(editor, ".color-picker-container", t("Colours"));
    label(editor, ".FontPicker__container", t("Fonts"));
    tellOfPopovers(editor);
    const drawing = editor.querySelector("canvas.interactive:not([role])");
    drawing?.setAttribute("role", "img");
    label(editor, "canvas.interactive", t("The drawing. Shift+O lists what is on it."));
  };
  const observer = new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(name);
  });
  observer.observe(editor, { childList: true, subtree: true });
  name();
  return () => observer.disconnect();
}

/** Says of a button, and not of what lies around it, that it opens something. */
function tellOfPopovers(editor: HTMLElement): void {
  for (const around of editor.querySelectorAll("div[aria-expanded]:not([role])")) {
    for (const attribute of ["aria-haspopup", "aria-expanded", "aria-controls"]) {
      const value = around.getAttribute(attribute);
      if (value !== null) around.querySelector("button")?.setAttribute(attribute, value);
      around.removeAttribute(attribute);
    }
  }
}

function label(editor: HTMLElement, selector: string, text: string): void {
  for (const element of editor.querySelectorAll(`${selector}:not([aria-label])`)) {
    element.setAttribute("aria-label", text);
  }
}
