import { Excalidraw } from "@excalidraw/excalidraw";
import "@excalidraw/excalidraw/index.css";
import { Suspense, useCallback, useState, useSyncExternalStore } from "react";
import type { BoardConfig } from "../config";
import { language } from "../i18n";
import type { BoardSession } from "../sync/session";
import { effectiveTheme, onThemeChange, themeChoice } from "../theme";
import { AwayBar } from "./AwayBar";
import { AwayPanel } from "./AwayPanel";
import { ClosedPage, isFullPageCode } from "./ClosedPage";
import { ConflictPanel } from "./ConflictPanel";
import { lazyPart } from "./lazyPart";
import { Menu } from "./Menu";
import { NoticeBar } from "./NoticeBar";
import type { Panel } from "./panels";
import { RefusedBar } from "./RefusedBar";
import { TopBar } from "./TopBar";
import { type Board, useBoard } from "./useBoard";
import { useShortcuts } from "./useShortcuts";

const Comments = lazyPart(() => import("./comments/Comments"));

interface BoardPageProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
}

/** The editor's own words come in these languages. */
const EDITOR_LANGUAGES: Readonly<Record<string, string>> = { en: "en", de: "de-DE" };

/** Only what keeps the board one shared board: loading a file would replace it for everybody. */
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
  const board = useBoard(config, session);
  const [panel, setPanel] = useState<Panel | null>(null);
  const closePanel = useCallback(() => setPanel(null), []);
  const togglePanel = useCallback(
    (wanted: Panel) => setPanel((open) => (open === wanted ? null : wanted)),
    [],
  );
  const [isPlacing, setPlacing] = useState(false);
  const [unread, setUnread] = useState(0);
  const { level } = useSyncExternalStore(session.subscribe, session.board);
  useShortcuts({
    c: () => setPlacing(level !== "view"),
    "Shift+c": () => togglePanel("comments"),
  });
  const showAway = useCallback(() => setPanel("away"), []);
  const tools = board.joined?.conflicts;
  const canEdit = useSyncExternalStore(session.subscribe, session.mayEdit);
  const { notice } = useSyncExternalStore(session.subscribe, session.board);
  return (
    <div className="board-page">
      <TopBar
        config={config}
        session={session}
        panel={panel}
        onToggle={togglePanel}
        unread={unread}
      />
      {closeCode === null ? (
        <NoticeBar key={notice} notice={notice} />
      ) : (
        <RefusedBar config={config} session={session} />
      )}
      <AwayBar away={session.away} onShow={showAway} />
      <div className="board-body">
        <Canvas config={config} session={session} board={board} />
        {tools && panel === "conflicts" && (
          <ConflictPanel
            list={session.conflicts}
            tools={tools}
            canEdit={canEdit}
            onClose={closePanel}
          />
        )}
        {tools && panel === "away" && (
          <AwayPanel away={session.away} tools={tools} canEdit={canEdit} onClose={closePanel} />
        )}
        <Suspense>
          {board.joined && (
            <Comments
              config={config}
              session={session}
              board={board.joined}
              isPanelOpen={panel === "comments"}
              isPlacing={isPlacing}
              onPlacing={setPlacing}
              onClosePanel={closePanel}
              onUnread={setUnread}
            />
          )}
        </Suspense>
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
}

function Canvas({ config, session, board: { onApi, onPointerUpdate } }: CanvasProps) {
  const canEdit = useSyncExternalStore(session.subscribe, session.mayEdit);
  const { title } = useSyncExternalStore(session.subscribe, session.board);
  const [data] = useState(() => initialData(session));
  const theme = useSyncExternalStore(onThemeChange, effectiveTheme);
  const choice = useSyncExternalStore(onThemeChange, themeChoice);
  return (
    <div className="board-canvas">
      <Excalidraw
        excalidrawAPI={onApi}
        initialData={data}
        onPointerUpdate={onPointerUpdate}
        viewModeEnabled={!canEdit}
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
        <Menu config={config} canEdit={canEdit} theme={choice} />
      </Excalidraw>
    </div>
  );
}
