/** Opens the search, which is loaded when it is first wanted. */
import { t } from "../i18n";
import { SEARCH_KEY } from "../keys/shortcuts";

const MAX_LENGTH = 200;

/** A text on the board of this page. */
export interface Here {
  readonly id: string;
  readonly text: string;
}

export interface SearchPlace {
  /** Whether someone is signed in: only they can search other boards. */
  readonly isSignedIn: boolean;
  readonly boardId?: string;
  /** The texts on the board of this page. */
  readonly texts?: () => readonly Here[];
  /** Selects an element of this board and brings it into view. */
  readonly show?: (id: string) => void;
}

/** Opens the search on Ctrl+K or ⌘K, until the returned function is called. */
export function watchSearchKey(place: SearchPlace): () => void {
  const onKey = (event: KeyboardEvent) => {
    const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!isAsked || event.key.toLowerCase() !== SEARCH_KEY) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat && !document.querySelector("dialog[open]")) void openSearch(place);
  };
  window.addEventListener("keydown", onKey, { capture: true });
  return () => window.removeEventListener("keydown", onKey, { capture: true });
}

/** The dialog and its field are there at once, for what is typed while the rest is loaded. */
export async function openSearch(place: SearchPlace): Promise<void> {
  const dialog = document.createElement("dialog");
  dialog.className = "page-dialog search-dialog";
  dialog.setAttribute("aria-label", t("Search"));
  dialog.setAttribute("data-own-keys", "");
  const field = document.createElement("input");
  field.type = "text"; // Escape would only empty a field of type "search".
  field.className = "search-field";
  field.maxLength = MAX_LENGTH;
  field.autocomplete = "off";
  field.setAttribute("aria-label", t("Search"));
  dialog.append(field);
  document.body.append(dialog);
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  dialog.showModal();
  field.focus();
  try {
    const { fillPalette } = await import("./palette");
    if (dialog.open) fillPalette(place, dialog, field);
  } catch {
    dialog.close();
  }
}
