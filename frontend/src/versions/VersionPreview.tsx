/** Shows an earlier version over the board, read-only. */

import { Excalidraw, getDataURL } from "@excalidraw/excalidraw";
import type { FileId, OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { BinaryFileData, ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import type { FileElement } from "../canvas/file";
import type { BoardConfig } from "../config";
import { drawingOf } from "../files/drawing";
import { t } from "../i18n";
import { fetchImage } from "../images/api";
import { CLOSE_KEY } from "../keys/shortcuts";
import { labelPlaceholders } from "../page/placeholders";
import type { JoinedBoard } from "../page/useBoard";
import { useReturnFocus } from "../page/useReturnFocus";
import { effectiveTheme, onThemeChange } from "../theme";
import type { VersionDrawing } from "./api";

interface VersionPreviewProps {
  readonly config: BoardConfig;
  readonly board: JoinedBoard;
  readonly version: VersionDrawing;
  readonly title: string;
  /** `null` for people who may not. */
  readonly onRestore: (() => void) | null;
  readonly onBack: () => void;
}

export function VersionPreview(props: VersionPreviewProps) {
  const { config, board, version, title, onRestore, onBack } = props;
  const theme = useSyncExternalStore(onThemeChange, effectiveTheme);
  const heading = useRef<HTMLHeadingElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [api, setApi] = useState<ExcalidrawImperativeAPI | null>(null);
  const [data] = useState(() => {
    const shown = drawingOf(version.elements as readonly FileElement[]);
    const elements = shown.elements as unknown as readonly OrderedExcalidrawElement[];
    const { viewBackgroundColor } = board.api.getAppState();
    const appState = { viewBackgroundColor };
    return { elements, appState, files: board.api.getFiles(), scrollToContent: true };
  });
  useReturnFocus();
  useLayoutEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    if (api) void fetchMissing(api, config);
  }, [api, config]);
  useEffect(() => {
    const editor = canvas.current?.querySelector<HTMLElement>(".excalidraw");
    if (!api || !editor) return;
    const look = labelPlaceholders(api, editor);
    look();
    return api.onChange(look);
  }, [api]);
  return (
    <section
      className="version-preview"
      aria-label={t("Preview of an earlier version")}
      data-own-keys
      onKeyDown={(event) => {
        if (event.key === CLOSE_KEY) onBack();
      }}
    >
      <header className="version-bar">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className="button" onClick={onBack}>
          {t("Back to the board")}
        </button>
        {onRestore && (
          <button type="button" className="button primary" onClick={onRestore}>
            {t("Restore this version")}
          </button>
        )}
      </header>
      <div ref={canvas} className="version-canvas">
        <Excalidraw
          excalidrawAPI={setApi}
          initialData={data}
          viewModeEnabled
          theme={theme}
          validateEmbeddable={false}
          aiEnabled={false}
        />
      </div>
      {version.elements.length === 0 && (
        <p className="version-empty">{t("The board was empty at this point.")}</p>
      )}
    </section>
  );
}

/** Images that are no longer on the board. */
async function fetchMissing(api: ExcalidrawImperativeAPI, config: BoardConfig): Promise<void> {
  for (const element of api.getSceneElements()) {
    if (element.type !== "image" || !element.fileId || api.getFiles()[element.fileId]) continue;
    const blob = await fetchImage(config, element.fileId).catch(() => null);
    if (!blob) continue;
    const mimeType = blob.type as BinaryFileData["mimeType"];
    const dataURL = await getDataURL(blob);
    api.addFiles([{ id: element.fileId as FileId, mimeType, dataURL, created: Date.now() }]);
  }
}
