/** Opens the search, which is loaded when it is first wanted. */
import { SEARCH_KEY } from "../keys/shortcuts";

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

export async function openSearch(place: SearchPlace): Promise<void> {
  const { openPalette } = await import("./palette");
  openPalette(place);
}
