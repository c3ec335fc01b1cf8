/** The button of the tool, beside the editor's own tools. */
import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { t } from "../i18n";
import { NOTE_KEYS, shortcutText } from "../keys/shortcuts";
import { NoteIcon } from "../page/icons";

interface NoteButtonProps {
  /** The editor's own element. */
  readonly editor: HTMLElement;
  readonly isOn: boolean;
  readonly onToggle: () => void;
}

export function NoteButton({ editor, isOn, onToggle }: NoteButtonProps) {
  const [host] = useState(() => {
    const span = document.createElement("span");
    span.className = "note-tool";
    return span;
  });
  useEffect(() => keepBesideTools(editor, host), [editor, host]);
  const key = shortcutText(NOTE_KEYS.tool);
  return createPortal(
    <button
      type="button"
      className="note-tool-button"
      aria-label={t("Note")}
      aria-keyshortcuts={key}
      aria-pressed={isOn}
      title={`${t("Note")} — ${key}`}
      onClick={onToggle}
    >
      <NoteIcon />
      <span className="ToolIcon__keybinding" aria-hidden="true">
        {key}
      </span>
    </button>,
    host,
  );
}

/** Where the button goes: in a narrow window there is no room beside the tools themselves. */
const NARROW = ".mobile-misc-tools-container";
const WIDE = ".App-toolbar:not(footer) .Stack_horizontal";

/** The editor makes its tools again when it changes from a wide to a narrow window. */
function keepBesideTools(editor: HTMLElement, host: HTMLElement): () => void {
  let isDue = false;
  const put = () => {
    isDue = false;
    const tools = editor.querySelector(NARROW) ?? editor.querySelector(WIDE);
    if (tools && host.parentElement !== tools) tools.append(host);
  };
  const observer = new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(put);
  });
  observer.observe(editor, { childList: true, subtree: true });
  put();
  return () => {
    observer.disconnect();
    host.remove();
  };
}
