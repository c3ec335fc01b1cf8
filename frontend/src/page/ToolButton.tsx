/** A tool of our own beside the editor's: its button looks like theirs. */
import { type ReactNode, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { shortcutText } from "../keys/shortcuts";

interface ToolButtonProps {
  /** The editor's own element. */
  readonly editor: HTMLElement;
  readonly label: string;
  /** The key that chooses it, as `shortcuts.ts` writes it. */
  readonly shortcut: string;
  readonly isOn: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}

export function ToolButton(props: ToolButtonProps) {
  const { editor, label, shortcut, isOn, onToggle, children } = props;
  const [host] = useState(() => {
    const span = document.createElement("span");
    span.className = "own-tool";
    return span;
  });
  useEffect(() => keepBesideTools(editor, host), [editor, host]);
  const key = shortcutText(shortcut);
  return createPortal(
    <button
      type="button"
      className="own-tool-button"
      aria-label={label}
      aria-keyshortcuts={key}
      aria-pressed={isOn}
      title={`${label} — ${key}`}
      onClick={onToggle}
    >
      {children}
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

/** The editor makes its tools again when it changes from a wide to a narrow window; readers have none. */
function keepBesideTools(editor: HTMLElement, host: HTMLElement): () => void {
  let isDue = false;
  const put = () => {
    isDue = false;
    const tools = editor.querySelector(NARROW) ?? editor.querySelector(WIDE) ?? editor;
    host.toggleAttribute("data-alone", tools === editor);
    if (host.parentElement !== tools) tools.append(host);
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
