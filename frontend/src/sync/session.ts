/** One open board: document, offline copy, connection, and what is known about all three. */
import type { BinaryFiles } from "@excalidraw/excalidraw/types";
import * as Y from "yjs";
import { AwayWatch } from "../away/watch";
import type { Groups } from "../canvas/groups";
import { type BoardConfig, storageKey } from "../config";
import { ConflictList } from "../conflicts/list";
import { ConflictRecorder } from "../conflicts/recorder";
import { releaseDevice } from "../copies";
import { Listeners } from "../listeners";
import { Hold } from "../workshop/hold";
import { type BoardInfo, initialInfo, withEvent } from "./boardInfo";
import { CloseCode } from "./codes";
import { delay } from "./delay";
import { type BoardEvent, EventsSocket, eventsPath } from "./events";
import { LocalCopy } from "./localCopy";
import type { OfflineCopy } from "./offline";
import { watchPage } from "./page";
import { Connection, type ConnectionEvents } from "./provider";
import { Rescuer } from "./rescuer";
import { raise, type StateVector, unsavedElements } from "./saved";
import { describe, initialState, reduce, type Status, type SyncEvent } from "./status";
import { UnsavedCount } from "./unsaved";

/** The page is shown after this time even when neither the offline copy nor the server answered. */
const READY_TIMEOUT_MS = 3000;

export class BoardSession {
  readonly doc = new Y.Doc();
  readonly connection: Connection;
  /** Resolves when there is something to show: see `READY_TIMEOUT_MS`. Never rejects. */
  readonly ready: Promise<void>;
  /** Resolves when the offline copy is loaded; to `null` when there can be none. */
  readonly offline: Promise<OfflineCopy | null>;
  /** What people have to decide. */
  readonly conflicts: ConflictList;
  /** What others did while this person was away. */
  readonly away: AwayWatch;
  /** New notes that stay in this page while people write privately. */
  readonly hold = new Hold(() => this.info.workshop > 0);
  private readonly config: BoardConfig;
  /** What the server is known to have. */
  private readonly committed: StateVector = new Map();
  /**
   * The same, as it was before the update that is being merged: two edits may have been committed
   * together, and then neither of their authors has seen the other's.
   */
  private readonly acknowledged: StateVector = new Map();
  private readonly copy: LocalCopy;
  private readonly unsaved: UnsavedCount;
  private readonly rescuer: Rescuer;
  private readonly recorder: ConflictRecorder;
  private readonly events: EventsSocket;
  private readonly listeners = new Listeners();
  private readonly eventListeners = new Listeners<[BoardEvent]>();
  private info: BoardInfo;
  private state;
  private current: Status;
  private markSynced: () => void = () => {};
  private readonly ended = new AbortController();

  constructor(config: BoardConfig) {
    this.config = config;
    this.info = initialInfo(config);
    this.state = initialState(this.canEdit, navigator.onLine);
    this.current = describe(this.state, Date.now());
    const { doc, committed } = this;
    const key = storageKey(config);
    const onFailed = () => this.dispatch({ type: "storage", storage: "failed" });
    this.copy = new LocalCopy({ key, doc, committed, onFailed });
    this.rescuer = new Rescuer({ key, doc, committed, config });
    this.unsaved = new UnsavedCount({
      doc,
      committed,
      canEdit: this.mayEdit,
      rescued: () => this.rescuer.size,
      onCounted: (changes) => {
        this.dispatch({ type: "unsaved", changes });
        this.copy.note(this.info.title, this.unsavedHere);
      },
    });
    const host = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}`;
    this.connection = this.connect(host);
    this.conflicts = new ConflictList(doc, config.user.id);
    this.away = new AwayWatch({ doc, userId: config.user.id, now: Date.now });
    this.recorder = this.record();
    const synced = new Promise<void>((resolve) => {
      this.markSynced = resolve;
    });
    this.offline = this.openCopy();
    const loaded = this.offline.then(() => {
      // An empty offline copy is nothing to show; then the server is waited for.
      if (doc.getMap("elements").size === 0) return synced;
    });
    this.ready = Promise.race([loaded, delay(READY_TIMEOUT_MS)]);
    this.events = new EventsSocket(host + eventsPath(config), this.takeEvent);
    this.unsaved.start();
    this.watchPage();
  }

  /** Whether the person may draw; the server can change it at any time. */
  get canEdit(): boolean {
    return this.info.level === "edit";
  }

  /** Only pages that may edit exchange edits with the other tabs of this browser. */
  private get tabChannel(): string | null {
    return this.canEdit ? storageKey(this.config) : null;
  }

  /** The facts about the board. The same object as long as nothing changed. */
  readonly board = (): BoardInfo => this.info;

  /** Whether the person may draw, in the form that React takes. */
  readonly mayEdit = (): boolean => this.canEdit;

  /** The images of this page, once there is an editor. */
  images: () => BinaryFiles = () => ({});

  /** Called before the right to edit goes or comes: the last moment to write, or take back, what was drawn. */
  onBeforeLevel: (() => void) | null = null;

  /** What the badge shows now. The same object as long as nothing changed. */
  readonly status = (): Status => this.current;

  /** Calls `listener` whenever `status()` changes; returns how to stop that. */
  readonly subscribe = this.listeners.add;

  /** Counts what is unsaved at once; `status()` may be a moment late otherwise. */
  countUnsaved(): void {
    this.unsaved.now();
  }

  readonly retryNow = (): void => this.connection.retryNow();

  /** The close code after which the server does not want us back; `null` while it does. */
  get closeCode(): number | null {
    return this.state.phase.name === "closed" ? this.state.phase.code : null;
  }

  /** Images that still have to be uploaded are not saved either. */
  setPendingUploads(count: number): void {
    this.unsaved.setUploads(count);
  }

  /** Comments that still have to be sent; the badge does not count those of people who may not draw. */
  setPendingComments(count: number): void {
    this.unsaved.setComments(count);
  }

  /** Calls `listener` with what the server tells of the board; returns how to stop that. */
  readonly onEvent = this.eventListeners.add;

  /** Changes of this device that the server has not got, whatever the badge says of them. */
  private get unsavedHere(): number {
    return this.state.changes + this.unsaved.commentsBesides;
  }

  private async openCopy(): Promise<OfflineCopy | null> {
    const copy = await this.copy.open();
    raise(this.acknowledged, this.committed);
    if (copy) {
      await this.away.load(copy);
      void this.copy.keptRaces().then((races) => this.recorder.resume(races));
    }
    this.dispatch({ type: "storage", storage: copy ? "kept" : "failed" });
    await this.rescuer.load();
    this.unsaved.now();
    // Only now: a page that has not read its own copy must not tell the server what it has.
    this.connection.connect();
    return copy;
  }

  private connect(host: string): Connection {
    return new Connection({
      doc: this.doc,
      url: host + this.config.socketBase,
      room: this.config.boardId,
      params: this.config.socketParams,
      committed: this.committed,
      tabChannel: this.tabChannel,
      events: this.connectionEvents(),
    });
  }

  private record(): ConflictRecorder {
    const { provider } = this.connection;
    return new ConflictRecorder({
      doc: this.doc,
      userId: this.config.user.id,
      acknowledged: this.acknowledged,
      committed: this.committed,
      isRemote: (origin) => origin === provider,
      isCatchingUp: () => !provider.synced,
      canEdit: this.mayEdit,
      maxUpdateBytes: this.config.maxUpdateBytes,
      races: this.copy.races,
    });
  }

  private connectionEvents(): ConnectionEvents {
    return {
      onConnecting: () => this.dispatch({ type: "connecting" }),
      onConnected: () => this.dispatch({ type: "connected" }),
      onSynced: () => {
        this.markSynced();
        this.events.retryNow();
        this.away.onSynced();
        this.dispatch({ type: "synced" });
        if (this.canEdit) void this.rescuer.redo(() => this.unsaved.now());
      },
      onForeign: () => void this.rescue(),
      onLost: (retryAt) => {
        this.away.onLost();
        this.dispatch({ type: "lost", retryAt });
      },
      onClosed: (code, reason) => {
        this.dispatch({ type: "closed", code, reason });
        this.forgetLostBoard(code);
      },
      onCommitted: (state) => {
        if (!raise(this.committed, state)) return;
        this.unsaved.soon();
        this.copy.storeCommittedSoon();
      },
      onMerged: () => void raise(this.acknowledged, this.committed),
      onProgress: (share) => this.dispatch({ type: "progress", share }),
    };
  }

  /** Somebody else has written under an id of this page: see `Rescuer`. */
  private async rescue(): Promise<void> {
    try {
      this.onBeforeLevel?.();
      this.recorder.flush();
      await this.rescuer.rescue(this.info.title, () => this.discardCopy());
    } catch {
      this.dispatch({ type: "closed", code: CloseCode.MALFORMED, reason: "" });
    }
  }

  private readonly takeEvent = (event: BoardEvent): void => {
    this.takeInfo(event);
    this.eventListeners.call(event);
  };

  private takeInfo(event: BoardEvent): void {
    const next = withEvent(this.info, event, this.config);
    if (next === this.info) return;
    const { canEdit: couldEdit } = this;
    if (couldEdit !== (next.level === "edit")) this.onBeforeLevel?.();
    this.info = next;
    this.dispatch({ type: "level", canEdit: this.canEdit });
    if (couldEdit !== this.canEdit) this.connection.changeTabs(this.tabChannel);
    // The server accepts edits only on a connection that began with the right to edit.
    if (!couldEdit && this.canEdit) this.connection.restart();
    this.listeners.call();
  }

  /** A board without access does not stay on the device, unless there is unsaved work in it. */
  private forgetLostBoard(code: number): void {
    const isLost = code === CloseCode.NO_PERMISSION || code === CloseCode.BOARD_GONE;
    if (isLost && this.unsavedHere === 0) void this.discardCopy();
    if (code === CloseCode.NOT_AUTHENTICATED && this.config.user.id !== null) void releaseDevice();
  }

  private watchPage(): void {
    const handlers = {
      onNetwork: (isOnline: boolean) => this.dispatch({ type: "network", isOnline }),
      onVisibility: (isVisible: boolean) => {
        // A page that was put away may never run again.
        if (!isVisible) this.recorder.flush();
        this.away.onVisibility(isVisible);
      },
      onTime: () => this.refresh(),
      onLeave: () => {
        this.recorder.flush();
        this.copy.storeCommitted();
      },
      isWorkAtRisk: () => this.state.changes > 0 && this.state.storage === "failed",
    };
    watchPage(handlers, this.ended.signal);
  }

  /** Ends both connections, and all that runs by itself. */
  destroy(): void {
    this.ended.abort();
    this.unsaved.stop();
    this.connection.destroy();
    this.events.close();
    this.recorder.destroy();
  }

  /** The elements that hold work which the server has not got, as they are here. */
  unsavedWork(): ReadonlyMap<string, Groups> {
    return new Map([...this.rescuer.elements(), ...unsavedElements(this.doc, this.committed)]);
  }

  /** Removes the board from this device; what was not saved is lost with it. */
  discardCopy(): Promise<void> {
    return this.copy.discard();
  }

  private dispatch(event: SyncEvent): void {
    this.state = reduce(this.state, event, Date.now());
    this.refresh();
  }

  /** Updates the status: time has passed, or the language was loaded. */
  refresh(): void {
    const next = describe(this.state, Date.now());
    if (JSON.stringify(next) === JSON.stringify(this.current)) return;
    this.current = next;
    this.listeners.call();
  }
}
