/** What lies beside and over the canvas, one panel and one dialog at a time. */
import { Suspense, useEffect, useMemo, useSyncExternalStore } from "react";
import { AwayPanel } from "../away/AwayPanel";
import type { BoardConfig } from "../config";
import { ConflictPanel } from "../conflicts/ConflictPanel";
import { hasUnsentLibrary } from "../copies";
import { t } from "../i18n";
import { openSearch, watchSearchKey } from "../search/open";
import type { BoardSession } from "../sync/session";
import { nameControls } from "./editorLabels";
import { earlyPart, lazyPart } from "./lazyPart";
import { showObject, textsOn } from "./objectLink";
import type { Opened } from "./opened";
import type { JoinedBoard } from "./useBoard";

const Comments = earlyPart(() => import("../comments/Comments"));
const Outline = earlyPart(() => import("../outline/Outline"));
const ConflictMarks = lazyPart(() => import("../conflicts/ConflictMarks"));
const Notes = earlyPart(() => import("../notes/Notes"));
const SelectionBar = earlyPart(() => import("../selection/SelectionBar"));
const PasteOffer = earlyPart(() => import("../files/PasteOffer"));
const Library = lazyPart(() => import("../library/Library"));
const VersionsPanel = lazyPart(() => import("../versions/VersionsPanel"));
const ActivityPanel = lazyPart(() => import("../activity/ActivityPanel"));
const Present = lazyPart(() => import("../present/Present"));
const HelpDialog = lazyPart(() => import("../keys/HelpDialog"));
const PrintDialog = lazyPart(() => import("../print/PrintDialog"));
const MermaidDialog = lazyPart(() => import("../mermaid/MermaidDialog"));
const SaveDialog = lazyPart(() => import("../files/SaveDialog"));

interface ExtrasProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly opened: Opened;
}

export function Extras(props: ExtrasProps) {
  const { config, session, board, opened } = props;
  const canEdit = useSyncExternalStore(session.subscribe, session.mayEdit);
  useOwnButtons(board.editor, opened);
  useEffect(() => nameControls(board.editor), [board.editor]);
  useSearch(config, board.api, opened);
  useEffect(() => {
    if (!hasUnsentLibrary(config.user.id)) return;
    void import("../library/libraries").then(({ librariesOf }) => librariesOf(config, session));
  }, [config, session]);
  return (
    <>
      <MergePanels {...props} />
      <Suspense>
        <Comments
          config={config}
          session={session}
          board={board}
          isPanelOpen={opened.panel === "comments"}
          placing={opened.placing}
          onPlacing={opened.setPlacing}
          onClosePanel={opened.closePanel}
          onUnread={opened.setUnread}
        />
      </Suspense>
      <Suspense>
        <Outline session={session} board={board} opened={opened} />
      </Suspense>
      <Suspense>
        <Marks {...props} />
      </Suspense>
      <Suspense>
        <Notes config={config} session={session} board={board} isPresenting={opened.isPresenting} />
      </Suspense>
      <Suspense>
        {canEdit && <SelectionBar board={board} onComment={() => opened.setPlacing("selection")} />}
      </Suspense>
      <Suspense>
        <PasteOffer session={session} board={board} />
      </Suspense>
      <Suspense fallback={<Opening />}>
        <LatePanels {...props} />
        <Dialogs {...props} />
        {opened.isPresenting && <Present board={board} onEnd={opened.endPresenting} />}
      </Suspense>
    </>
  );
}

/** What others did, here at once: conflicts with it, and what came while one was away. */
function MergePanels({ session, board, opened }: ExtrasProps) {
  const { level } = useSyncExternalStore(session.subscribe, session.board);
  const shared = {
    tools: board.conflicts,
    canEdit: level === "edit",
    onClose: opened.closePanel,
  };
  if (opened.panel === "conflicts") {
    return <ConflictPanel list={session.conflicts} first={opened.conflict} {...shared} />;
  }
  if (opened.panel === "away") return <AwayPanel away={session.away} {...shared} />;
  return null;
}

/** On the canvas, as soon as there is something to disagree about. */
function Marks({ session, board, opened }: ExtrasProps) {
  const { conflicts } = session;
  const isAny = useSyncExternalStore(conflicts.subscribe, () => conflicts.snapshot().length > 0);
  if (!isAny) return null;
  return <ConflictMarks board={board} list={conflicts} onOpen={opened.showConflict} />;
}

/** Panels that are loaded when they are opened. */
function LatePanels({ config, session, board, opened }: ExtrasProps) {
  const { level, shareUrl } = useSyncExternalStore(session.subscribe, session.board);
  const { panel, closePanel } = opened;
  if (panel === "versions") {
    return (
      <VersionsPanel
        config={config}
        session={session}
        board={board}
        canEdit={level === "edit"}
        onClose={closePanel}
      />
    );
  }
  if (panel === "library") {
    return (
      <Library {...{ config, session, board }} additions={opened.additions} onClose={closePanel} />
    );
  }
  if (panel === "activity" && shareUrl !== null) {
    return <ActivityPanel config={config} onClose={closePanel} />;
  }
  return null;
}

function Dialogs({ config, session, board, opened }: ExtrasProps) {
  const { level, title } = useSyncExternalStore(session.subscribe, session.board);
  const close = () => opened.showDialog(null);
  const showEditorHelp = () => {
    close();
    board.api.updateScene({ appState: { openDialog: { name: "help" } } });
  };
  if (opened.dialog === "help") {
    return (
      <HelpDialog
        canEdit={level === "edit"}
        canComment={level !== "view"}
        onAllKeys={showEditorHelp}
        onClose={close}
      />
    );
  }
  if (opened.dialog === "print") return <PrintDialog board={board} onClose={close} />;
  if (opened.dialog === "mermaid" && level === "edit")
    return <MermaidDialog board={board} onClose={close} />;
  if (opened.dialog === "save") {
    return (
      <SaveDialog
        config={config}
        session={session}
        board={board}
        title={title}
        onPrint={opened.menu.print}
        onClose={close}
      />
    );
  }
  return null;
}

/** While a part is loaded, what is typed already is not for the canvas. */
function Opening() {
  return (
    <p className="visually-hidden" role="status" data-own-keys="opening">
      {t("Loading…")}
    </p>
  );
}

/** The editor's own buttons for help and its library show those of this product. */
function useOwnButtons(editor: HTMLElement, opened: Opened): void {
  const { menu, togglePanel, addToLibrary } = opened;
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const { target } = event;
      const isOn = (name: string) => target instanceof Element && target.closest(name) !== null;
      const act = (action: () => void) => {
        event.preventDefault();
        event.stopPropagation();
        action();
      };
      if (isOn(".help-icon")) act(menu.showHelp);
      if (isOn(".sidebar-trigger__label-element")) act(() => togglePanel("library"));
      if (isOn("[data-testid='addToLibrary']")) {
        act(addToLibrary);
        // The menu closes at a click beside it only.
        document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
      }
    };
    editor.addEventListener("click", onClick, { capture: true });
    return () => editor.removeEventListener("click", onClick, { capture: true });
  }, [editor, menu, togglePanel, addToLibrary]);
}

/** Searching, by its key and by the menu, begins with what is on this board. */
function useSearch(config: BoardConfig, api: JoinedBoard["api"], opened: Opened): void {
  const { dialog, showDialog } = opened;
  const place = useMemo(
    () => ({
      isSignedIn: config.user.id !== null,
      boardId: config.boardId,
      texts: () => textsOn(api),
      show: (id: string) => showObject(api, id, true),
    }),
    [config, api],
  );
  useEffect(() => watchSearchKey(place), [place]);
  useEffect(() => {
    if (dialog !== "search") return;
    showDialog(null);
    void openSearch(place);
  }, [dialog, place, showDialog]);
}
