/** What is open on the page, and the ways to open it. */
import { useCallback, useMemo, useState } from "react";
import { BOARD_KEYS } from "../keys/shortcuts";
import { useShortcuts } from "../keys/useShortcuts";
import type { MenuActions } from "./Menu";

/** What may stand beside the canvas. */
export type Panel =
  | "conflicts"
  | "away"
  | "comments"
  | "versions"
  | "activity"
  | "outline"
  | "library";
/** What says where a comment belongs: the next click, or what is selected. */
export type Placing = "click" | "selection" | null;
export type DialogName = "help" | "save" | "print" | "search" | "mermaid";

export interface Opened {
  readonly panel: Panel | null;
  readonly dialog: DialogName | null;
  readonly isPresenting: boolean;
  readonly placing: Placing;
  readonly unread: number;
  readonly isRenaming: boolean;
  /** How often the selection was to be added to one's library. */
  readonly additions: number;
  readonly addToLibrary: () => void;
  /** Whether the bar of workshops is asked for, though none is on. */
  readonly isWorkshop: boolean;
  /** The element whose conflicts the list begins with. */
  readonly conflict: string | null;
  readonly menu: MenuActions;
  readonly showPanel: (panel: Panel) => void;
  /** Opens the list of conflicts at those of an element. */
  readonly showConflict: (element: string) => void;
  /** Opens a panel, or closes it when it is the open one. */
  readonly togglePanel: (panel: Panel) => void;
  readonly closePanel: () => void;
  readonly showDialog: (dialog: DialogName | null) => void;
  readonly setPlacing: (placing: Placing) => void;
  readonly setUnread: (unread: number) => void;
  readonly setRenaming: (isRenaming: boolean) => void;
  readonly endPresenting: () => void;
  readonly setWorkshop: (isWorkshop: boolean) => void;
}

export function useOpened({ canComment }: { readonly canComment: boolean }): Opened {
  const [panel, setPanel] = useState<Panel | null>(null);
  const [dialog, showDialog] = useState<DialogName | null>(null);
  const [isPresenting, setPresenting] = useState(false);
  const [placing, setPlacing] = useState<Placing>(null);
  const [unread, setUnread] = useState(0);
  const [isRenaming, setRenaming] = useState(false);
  const [additions, setAdditions] = useState(0);
  const [isWorkshop, setWorkshop] = useState(false);
  const [conflict, setConflict] = useState<string | null>(null);
  const closePanel = useCallback(() => {
    setPanel(null);
    setConflict(null);
  }, []);
  const showConflict = useCallback((element: string) => {
    setConflict(element);
    setPanel("conflicts");
  }, []);
  const togglePanel = useCallback(
    (wanted: Panel) => setPanel((open) => (open === wanted ? null : wanted)),
    [],
  );
  const endPresenting = useCallback(() => setPresenting(false), []);
  const menu = useMemo(
    () => ({
      showVersions: () => setPanel("versions"),
      showActivity: () => setPanel("activity"),
      showOutline: () => setPanel("outline"),
      showLibrary: () => setPanel("library"),
      saveFile: () => showDialog("save"),
      print: () => showDialog("print"),
      insertMermaid: () => showDialog("mermaid"),
      showHelp: () => showDialog("help"),
      search: () => showDialog("search"),
      rename: () => setRenaming(true),
      workshop: () => setWorkshop(true),
      present: () => {
        setPanel(null);
        setPlacing(null);
        setPresenting(true);
        // At once: browsers only allow it in response to a key or click. Not all of them support it.
        void document.documentElement.requestFullscreen?.().catch(() => {});
      },
    }),
    [],
  );
  const addToLibrary = useCallback(() => {
    setPanel("library");
    setAdditions((count) => count + 1);
  }, []);
  const goTo = (wanted: Panel) => {
    if (panel !== wanted || !focusPanel()) togglePanel(wanted);
  };
  useShortcuts({
    [BOARD_KEYS.comment]: () => setPlacing(canComment ? "click" : null),
    [BOARD_KEYS.comments]: () => togglePanel("comments"),
    [BOARD_KEYS.present]: menu.present,
    [BOARD_KEYS.help]: menu.showHelp,
    [BOARD_KEYS.print]: menu.print,
    [BOARD_KEYS.outline]: () => goTo("outline"),
    [BOARD_KEYS.library]: () => goTo("library"),
    [BOARD_KEYS.workshop]: menu.workshop,
  });
  return {
    panel,
    dialog,
    isPresenting,
    placing,
    unread,
    isRenaming,
    additions,
    addToLibrary,
    isWorkshop,
    conflict,
    menu,
    showPanel: setPanel,
    showConflict,
    togglePanel,
    closePanel,
    showDialog,
    setPlacing,
    setUnread,
    setRenaming,
    endPresenting,
    setWorkshop,
  };
}

/** Goes back to the open panel from elsewhere; returns whether the focus was elsewhere. */
function focusPanel(): boolean {
  const panel = document.querySelector(".board-panel");
  if (!panel || panel.contains(document.activeElement)) return false;
  panel.querySelector<HTMLElement>("h2")?.focus();
  return true;
}
