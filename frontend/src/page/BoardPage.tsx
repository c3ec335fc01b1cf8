import { Excalidraw } from "@excalidraw/excalidraw";
import "@excalidraw/excalidraw/index.css";
import { useCallback, useState, useSyncExternalStore } from "react";
import { AwayBar } from "../away/AwayBar";
import { linkedThread } from "../comments/linkedThread";
import type { BoardConfig } from "../config";
import { DropBar } from "../files/DropBar";
import { preparePaste } from "../files/paste";
import { language, t } from "../i18n";
import { PresenterBar } from "../presence/PresenterBar";
import type { BoardSession } from "../sync/session";
import { effectiveTheme, onThemeChange, themeChoice } from "../theme";
import { UndoBar } from "../undo/UndoBar";
import { WorkshopRow } from "../workshop/WorkshopRow";
import { problemText } from "./boardApi";
import { ClosedPage, isFullPageCode } from "./ClosedPage";
import { Extras } from "./Extras";
import { Menu } from "./Menu";
import { NoticeBar } from "./NoticeBar";
import { objectOnThisPage, sayNoObject, showObject, takeLinkedObject } from "./objectLink";
import { type Opened, useOpened } from "./opened";
import { RefusedBar } from "./RefusedBar";
import { TopBar } from "./TopBar";
import { type Board, useBoard } from "./useBoard";

interface BoardPageProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
}

/** The editor's own words come in these languages. */
const EDITOR_LANGUAGES: Readonly<Record<string, string>> = { en: "en", de: "de-DE" };

/** Leaves out what would break the shared board: loading a file would replace it for everybody. */
const UI_OPTIONS = {
  canvasActions: {
    loadScene: false,
    saveToActiveFile: false,
    clearCanvas: false,
    export: false,
    toggleTheme: true,
  },
} as const;

export function BoardPage({ config, session }: BoardPageProps) {
  const closeCode = useSyncExternalStore(session.subscribe, () => session.closeCode);
  if (closeCode !== null && isFullPageCode(closeCode)) {
    return <ClosedPage code={closeCode} config={config} session={session} />;
  }
  return <OpenBoard config={config} session={session} closeCode={closeCode} />;
}

interface OpenBoardProps extends BoardPageProps {
  readonly closeCode: number | null;
}

function OpenBoard({ config, session, closeCode }: OpenBoardProps) {
  const [linked] = useState(takeLinkedObject);
  useState(() => linkedThread.takeFromAddress());
  const board = useBoard(config, session, linked);
  const { notice, level } = useSyncExternalStore(session.subscribe, session.board);
  const opened = useOpened({ canComment: level !== "view" });
  const showAway = useCallback(() => opened.showPanel("away"), [opened.showPanel]);
  return (
    <div className="board-page" data-presenting={opened.isPresenting}>
      <button type="button" className="button skip" onClick={opened.menu.showOutline}>
        {t("To the outline: all objects as a list")}
      </button>
      <TopBar
        config={config}
        session={session}
        panel={opened.panel}
        onToggle={opened.togglePanel}
        unread={opened.unread}
        isRenaming={opened.isRenaming}
        onRenaming={opened.setRenaming}
      />
      {closeCode === null ? (
        <NoticeBar key={notice} notice={notice} />
      ) : (
        <RefusedBar config={config} session={session} />
      )}
      <AwayBar away={session.away} onShow={showAway} />
      {board.joined && <DropBar drops={board.joined.drops} />}
      {board.joined && <UndoBar history={board.joined.history} />}
      {board.joined && <PresenterBar board={board.joined} />}
      {board.joined && (
        <WorkshopRow config={config} session={session} board={board.joined} opened={opened} />
      )}
      <div className="board-body">
        <Canvas config={config} session={session} board={board} opened={opened} />
        {board.joined && (
          <Extras config={config} session={session} board={board.joined} opened={opened} />
        )}
      </div>
    </div>
  );
}

/** The editor takes nothing over before there is something to show: see `BoardSession.ready`. */
async function initialData(session: BoardSession) {
  await session.ready;
  return { elements: [], appState: {} };
}

interface CanvasProps extends BoardPageProps {
  readonly board: Board;
  readonly opened: Opened;
}

function Canvas({ config, session, board, opened }: CanvasProps) {
  const { onApi, onPointerUpdate } = board;
  const canEdit = useSyncExternalStore(session.subscribe, session.mayEdit);
  const { title, shareUrl } = useSyncExternalStore(session.subscribe, session.board);
  const [data] = useState(() => initialData(session));
  const theme = useSyncExternalStore(onThemeChange, effectiveTheme);
  const choice = useSyncExternalStore(onThemeChange, themeChoice);
  const { joined } = board;
  const onAddFiles = useCallback(() => joined?.drops.choose(), [joined]);
  const onProblem = useCallback(
    (error: unknown) => joined?.api.setToast({ message: problemText(error), closable: true }),
    [joined],
  );
  const onLinkOpen = ({ link }: { readonly link: string | null }, event: Event) => {
    const id = link && objectOnThisPage(link);
    if (!id || !board.joined) return;
    event.preventDefault();
    const { api } = board.joined;
    if (!showObject(api, id, true)) sayNoObject(api);
  };
  return (
    <main className="board-canvas" aria-label={t("Canvas")}>
      <Excalidraw
        excalidrawAPI={onApi}
        initialData={data}
        onPointerUpdate={onPointerUpdate}
        onLinkOpen={onLinkOpen}
        onPaste={preparePaste}
        // Presenting needs the laser, which view mode does not offer; nothing is written.
        viewModeEnabled={!canEdit && !opened.isPresenting}
        isCollaborating
        theme={theme}
        name={title}
        langCode={EDITOR_LANGUAGES[language()] ?? "en"}
        UIOptions={UI_OPTIONS}
        validateEmbeddable={false}
        aiEnabled={false}
        handleKeyboardGlobally
        autoFocus
      >
        <Menu
          config={config}
          canEdit={canEdit}
          canManage={shareUrl !== null}
          theme={choice}
          title={title}
          onAddFiles={onAddFiles}
          onProblem={onProblem}
          actions={opened.menu}
        />
      </Excalidraw>
    </main>
  );
}
