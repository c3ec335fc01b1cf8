import { Excalidraw } from "@excalidraw/excalidraw";
import "@excalidraw/excalidraw/index.css";
import { useState, useSyncExternalStore } from "react";
import type { BoardConfig } from "../config";
import type { BoardSession } from "../sync/session";
import { effectiveTheme, onThemeChange, themeChoice } from "../theme";
import { ClosedPage, isFullPageCode } from "./ClosedPage";
import { Menu } from "./Menu";
import { NoticeBar } from "./NoticeBar";
import { TopBar } from "./TopBar";
import { useBoard } from "./useBoard";

interface BoardPageProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
}

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
    const unsavedChanges = session.status().changes;
    return <ClosedPage code={closeCode} config={config} unsavedChanges={unsavedChanges} />;
  }
  return (
    <div className="board-page">
      <TopBar config={config} session={session} />
      <NoticeBar notice={config.notice} closeCode={closeCode} />
      <Canvas config={config} session={session} />
    </div>
  );
}

/** The editor takes nothing over before there is something to show: see `BoardSession.ready`. */
async function initialData(session: BoardSession) {
  await session.ready;
  return { elements: [], appState: {} };
}

function Canvas({ config, session }: BoardPageProps) {
  const { onApi, onPointerUpdate } = useBoard(config, session);
  const [data] = useState(() => initialData(session));
  const theme = useSyncExternalStore(onThemeChange, effectiveTheme);
  const choice = useSyncExternalStore(onThemeChange, themeChoice);
  return (
    <div className="board-canvas">
      <Excalidraw
        excalidrawAPI={onApi}
        initialData={data}
        onPointerUpdate={onPointerUpdate}
        viewModeEnabled={!session.canEdit}
        isCollaborating
        theme={theme}
        name={config.title}
        langCode={config.language}
        UIOptions={UI_OPTIONS}
        validateEmbeddable={false}
        aiEnabled={false}
        handleKeyboardGlobally
        autoFocus
      >
        <Menu homeUrl={config.homeUrl} canEdit={session.canEdit} theme={choice} />
      </Excalidraw>
    </div>
  );
}
