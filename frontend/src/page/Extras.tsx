/** What lies beside and over the canvas, one panel and one dialog at a time. */
import { Suspense, useEffect, useMemo, useSyncExternalStore } from "react";
import { AwayPanel } from "../away/AwayPanel";
import type { BoardConfig } from "../config";
import { ConflictPanel } from "../conflicts/ConflictPanel";
import { t } from "../i18n";
import { openSearch, watchSearchKey } from "../search/open";
import type { BoardSession } from "../sync/session";
import { nameControls } from "./editorLabels";
import { earlyPart, lazyPart } from "./lazyPart";
import { showObject, textsOn } from "./objectLink";
import type { Opened } from "./opened";
import type { JoinedBoard } from "./useBoard";

const Comments = earlyPart(() => import("../comments/Comments"));
const VersionsPanel = lazyPart(() => import("../versions/VersionsPanel"));
const ActivityPanel = lazyPart(() => import("../activity/ActivityPanel"));
const Present = lazyPart(() => import("../present/Present"));
const HelpDialog = lazyPart(() => import("../keys/HelpDialog"));
const SaveDialog = lazyPart(() => import("../files/SaveDialog"));

interface ExtrasProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly opened: Opened;
}

export function Extras({ config, session, board, opened }: ExtrasProps) {
  const { panel, dialog, isPresenting } = opened;
  const { api, conflicts: tools } = board;
  const { level, shareUrl, title } = useSyncExternalStore(session.subscribe, session.board);
  const canEdit = level === "edit";
  useOwnHelp(board.editor, opened.menu.showHelp);
  useEffect(() => nameControls(board.editor), [board.editor]);
  useSearch(config, api, opened);
  const showEditorHelp = () => {
    opened.showDialog(null);
    api.updateScene({ appState: { openDialog: { name: "help" } } });
  };
  return (
    <>
      {panel === "conflicts" && (
        <ConflictPanel
          list={session.conflicts}
          tools={tools}
          canEdit={canEdit}
          onClose={opened.closePanel}
        />
      )}
      {panel === "away" && (
        <AwayPanel
          away={session.away}
          tools={tools}
          canEdit={canEdit}
          onClose={opened.closePanel}
        />
      )}
      <Suspense>
        <Comments
          config={config}
          session={session}
          board={board}
          isPanelOpen={panel === "comments"}
          isPlacing={opened.isPlacing}
          onPlacing={opened.setPlacing}
          onClosePanel={opened.closePanel}
          onUnread={opened.setUnread}
        />
      </Suspense>
      <Suspense fallback={<Opening />}>
        {panel === "versions" && (
          <VersionsPanel
            config={config}
            session={session}
            board={board}
            canEdit={canEdit}
            onClose={opened.closePanel}
          />
        )}
        {panel === "activity" && shareUrl !== null && (
          <ActivityPanel config={config} onClose={opened.closePanel} />
        )}
        {dialog === "help" && (
          <HelpDialog
            canEdit={canEdit}
            canComment={level !== "view"}
            onAllKeys={showEditorHelp}
            onClose={() => opened.showDialog(null)}
          />
        )}
        {dialog === "save" && (
          <SaveDialog api={api} title={title} onClose={() => opened.showDialog(null)} />
        )}
        {isPresenting && <Present board={board} onEnd={opened.endPresenting} />}
      </Suspense>
    </>
  );
}

/** While a part is loaded, what is typed already is not for the canvas. */
function Opening() {
  return (
    <p className="visually-hidden" role="status" data-own-keys="opening">
      {t("Loading…")}
    </p>
  );
}

/** The editor's own button for help shows the keys of this product first. */
function useOwnHelp(editor: HTMLElement, showHelp: () => void): void {
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      if (!(event.target instanceof Element) || !event.target.closest(".help-icon")) return;
      event.stopPropagation();
      showHelp();
    };
    editor.addEventListener("click", onClick, { capture: true });
    return () => editor.removeEventListener("click", onClick, { capture: true });
  }, [editor, showHelp]);
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
