/** Joins Excalidraw with the session once the editor is ready for it. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { useCallback, useEffect, useRef, useState } from "react";
import type * as Y from "yjs";
import { Attached } from "../canvas/attached";
import { Binding, type Scene } from "../canvas/binding";
import { BindingDriver } from "../canvas/driver";
import type { BoardConfig } from "../config";
import { ConflictActions } from "../conflicts/actions";
import type { ConflictTools } from "../conflicts/ConflictPanel";
import { Ghost } from "../conflicts/ghost";
import { DropImport } from "../files/dropImport";
import { guardLevel, sayRefused } from "../files/guard";
import { watchTexts } from "../fonts/watch";
import { t } from "../i18n";
import { ImageExchange } from "../images/images";
import { MARKS } from "../people";
import { Follow } from "../presence/follow";
import { type PointerUpdate, Presence } from "../presence/presence";
import type { BoardSession } from "../sync/session";
import { OwnHistory } from "../undo/history";
import { showFirst } from "./firstView";
import { sayNoObject, showObject } from "./objectLink";
import { giveUpAtPinch } from "./pinch";
import { labelPlaceholders } from "./placeholders";
import { editorState, excalidrawScene } from "./scene";

/** The board once the editor and the document are joined. */
export interface JoinedBoard {
  readonly api: ExcalidrawImperativeAPI;
  readonly doc: Y.Doc;
  /** What holds the editor, and what lies over all of it. */
  readonly canvas: HTMLElement;
  /** The editor's own element, between whose canvas and tools things can lie. */
  readonly editor: HTMLElement;
  /** Writes what the user did into the document now. */
  readonly flush: () => void;
  readonly presence: Presence;
  readonly follow: Follow;
  readonly conflicts: ConflictTools;
  readonly history: OwnHistory;
  readonly drops: DropImport;
}

export interface Board {
  /** `null` until the editor has loaded. */
  readonly joined: JoinedBoard | null;
  readonly onApi: (api: ExcalidrawImperativeAPI) => void;
  readonly onPointerUpdate: (update: PointerUpdate) => void;
}

/**
 * The editor accepts nothing before it has loaded, so everything is joined at its first
 * change after that.
 */
export function useBoard(
  config: BoardConfig,
  session: BoardSession,
  /** The object to show first; without one, the whole board. */
  linked: string | null = null,
): Board {
  const [api, setApi] = useState<ExcalidrawImperativeAPI | null>(null);
  const [joined, setJoined] = useState<JoinedBoard | null>(null);
  const presence = useRef<Presence | null>(null);
  useEffect(() => {
    if (!api) return;
    const unsubscribe = api.onChange(() => {
      if (api.getAppState().isLoading) return;
      unsubscribe();
      const board = join(api, config, session, linked);
      presence.current = board.presence;
      setJoined(board);
    });
    return unsubscribe;
  }, [api, config, session, linked]);
  const onPointerUpdate = useCallback((update: PointerUpdate) => {
    presence.current?.onPointerUpdate(update);
  }, []);
  return { joined, onApi: setApi, onPointerUpdate };
}

function join(
  api: ExcalidrawImperativeAPI,
  config: BoardConfig,
  session: BoardSession,
  linked: string | null,
): JoinedBoard {
  const { doc, connection } = session;
  const scene = excalidrawScene(api);
  const { flush, onEditorChange } = bind(api, scene, config, session, linked);
  const history = new OwnHistory({ api, doc, author: config.user, flush });
  const presence = new Presence(connection.provider.awareness, api, config.user);
  const follow = new Follow(connection.provider.awareness, api);
  const canvas = document.querySelector<HTMLElement>(".board-canvas") ?? document.body;
  const editor = canvas.querySelector<HTMLElement>(".excalidraw") ?? canvas;
  guardLevel(canvas, api, session.mayEdit);
  const drops = new DropImport(canvas, api);
  giveUpAtPinch(canvas, api);
  const images = new ImageExchange(api, config, session);
  session.images = images.shown;
  const lookForTexts = watchTexts(api);
  lookForTexts();
  const lookForPlaceholders = labelPlaceholders(api, editor);
  lookForPlaceholders();
  api.onChange(() => {
    onEditorChange();
    presence.onEditorChange();
    images.onEditorChange();
    lookForTexts();
    lookForPlaceholders();
  });
  keepMarked(presence, MARKS.conflict, session.conflicts);
  keepMarked(presence, MARKS.away, session.away);
  giveHandle(api, session, flush);
  const { restore } = scene;
  const actions = new ConflictActions({ api, doc, user: config.user, restore, flush });
  const conflicts = { actions, ghost: new Ghost(api, canvas) };
  return { api, doc, canvas, editor, flush, presence, follow, conflicts, history, drops };
}

/** Binds the editor to the document, and shows what the document holds. */
function bind(
  api: ExcalidrawImperativeAPI,
  scene: Scene,
  config: BoardConfig,
  session: BoardSession,
  linked: string | null,
): BindingDriver {
  const binding = new Binding({
    doc: session.doc,
    scene,
    author: config.user,
    canEdit: session.mayEdit,
    isHeldBack: session.hold.holds,
    onRemoteChange: () => driver.schedulePull(),
    onIgnored: (element) => {
      console.warn(`Element ${element} got a value that the document's model does not know.`);
      const message = t("A program wrote something that cannot be shown. What was there stays.");
      api.setToast({ message, closable: true });
    },
    onTakenBack: () => {
      // Redoing it would bring it back.
      api.history.clear();
      sayRefused(api);
    },
  });
  const attached = new Attached(session.doc, scene);
  const driver = new BindingDriver(binding, attached, () => editorState(api));
  session.onBeforeLevel = driver.flush;
  binding.pull();
  api.history.clear();
  showFirst(api);
  if (linked !== null) showLinked(linked, api, session, binding);
  return driver;
}

/** What a link leads to may be newer than the copy on the device: then the server is waited for. */
function showLinked(
  id: string,
  api: ExcalidrawImperativeAPI,
  { connection: { provider } }: BoardSession,
  binding: Binding,
): void {
  if (showObject(api, id)) return;
  const onSync = (isSynced: boolean) => {
    if (!isSynced) return;
    provider.off("sync", onSync);
    binding.pull();
    if (!showObject(api, id)) sayNoObject(api);
  };
  if (provider.synced) onSync(true);
  else provider.on("sync", onSync);
}

/** For the browser's console, and for tests. */
function giveHandle(api: ExcalidrawImperativeAPI, session: BoardSession, flush: () => void): void {
  const { doc, connection, conflicts } = session;
  const { provider } = connection;
  const status = () => {
    flush();
    session.countUnsaved();
    return session.status();
  };
  window.canvasBoard = { doc, api, provider, status, conflicts: conflicts.snapshot, flush };
}

interface MarkedList {
  subscribe(listener: () => void): () => void;
  snapshot(): readonly { readonly element: string }[];
}

function keepMarked(presence: Presence, key: string, list: MarkedList): void {
  const mark = () =>
    presence.mark(key, [...new Set(list.snapshot().map(({ element }) => element))]);
  list.subscribe(mark);
  mark();
}
