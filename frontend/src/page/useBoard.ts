/** Joins Excalidraw with the session once the editor is ready for it. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { useCallback, useEffect, useRef, useState } from "react";
import { Binding } from "../canvas/binding";
import { BindingDriver } from "../canvas/driver";
import type { BoardConfig } from "../config";
import type { BoardSession } from "../sync/session";
import { addDropImport } from "./dropImport";
import { Follow } from "./follow";
import { ImageExchange } from "./images";
import { type PointerUpdate, Presence } from "./presence";
import { editorState, excalidrawScene } from "./scene";

export interface Board {
  readonly onApi: (api: ExcalidrawImperativeAPI) => void;
  readonly onPointerUpdate: (update: PointerUpdate) => void;
}

/**
 * The editor takes nothing before its own loading is over, so everything is joined at its first
 * change after that.
 */
export function useBoard(config: BoardConfig, session: BoardSession): Board {
  const [api, setApi] = useState<ExcalidrawImperativeAPI | null>(null);
  const presence = useRef<Presence | null>(null);
  useEffect(() => {
    if (!api) return;
    const unsubscribe = api.onChange(() => {
      if (api.getAppState().isLoading) return;
      unsubscribe();
      presence.current = join(api, config, session);
    });
    return unsubscribe;
  }, [api, config, session]);
  const onPointerUpdate = useCallback((update: PointerUpdate) => {
    presence.current?.onPointerUpdate(update);
  }, []);
  return { onApi: setApi, onPointerUpdate };
}

function join(api: ExcalidrawImperativeAPI, config: BoardConfig, session: BoardSession): Presence {
  const { doc, canEdit, connection } = session;
  const binding = new Binding({
    doc,
    scene: excalidrawScene(api),
    author: config.user,
    canEdit,
    onRemoteChange: () => driver.schedulePull(),
  });
  const driver = new BindingDriver(binding, () => editorState(api));
  binding.pull();
  api.history.clear();
  showEverything(api);
  const presence = new Presence(connection.provider.awareness, api, config.user);
  new Follow(connection.provider.awareness, api);
  const container = document.querySelector<HTMLElement>(".board-canvas");
  if (container && canEdit) addDropImport(container, api);
  const images = new ImageExchange(api, config, session);
  api.onChange(() => {
    driver.onEditorChange();
    presence.onEditorChange();
    images.onEditorChange();
  });
  window.canvasBoard = {
    doc,
    api,
    provider: connection.provider,
    status: session.status,
    flush: driver.flush,
  };
  return presence;
}

/** Room for the tools that lie over the edges of the canvas. */
const TOOL_MARGINS = { top: 72, bottom: 72, left: 16, right: 16 } as const;

function showEverything(api: ExcalidrawImperativeAPI): void {
  const canvasOffsets = TOOL_MARGINS;
  api.scrollToContent(undefined, { fitToContent: true, animate: false, canvasOffsets });
}
