/** Accessible names for the editor's controls that have none. */
import { t } from "../i18n";

/** Names what is there and what appears later; returns how to stop that. */
export function nameControls(editor: HTMLElement): () => void {
  let isDue = false;
  const name = () => {
    isDue = false;
    label(editor, ".main-menu-trigger", t("Menu"));
    label(editor, ".color-picker-container", t("Colours"));
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

function label(editor: HTMLElement, selector: string, text: string): void {
  for (const element of editor.querySelectorAll(`${selector}:not([aria-label])`)) {
    element.setAttribute("aria-label", text);
  }
}
