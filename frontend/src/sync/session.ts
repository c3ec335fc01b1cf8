/** One open board: document, offline copy, connection, and what is known about all three. */
import * as Y from "yjs";
import { AwayWatch } from "../away/watch";
import { type BoardConfig, storageKey } from "../config";
import { ConflictList } from "../conflicts/list";
import { ConflictRecorder } from "../conflicts/recorder";
import { forgetCopy, noteCopy } from "../copies";
import { CloseCode } from "./codes";
import { type BoardEvent, EventsSocket, eventsPath } from "./events";
import { type BoardInfo, initialInfo, withEvent } from "./live";
import { OfflineCopy } from "./offline";
import { Connection } from "./provider";
import { collectWork, redoWork, sizeOfWork, type Work } from "./rescue";
import { forgetWork, keepWork, keptWork, mayRescue } from "./rescued";
import { raise, type StateVector, unsavedChanges, unsavedElements } from "./saved";
import { Spaced } from "./spaced";
import { describe, initialState, reduce, type Status, type SyncEvent } from "./status";

/** The page is shown after this time even when neither the offline copy nor the server answered. */
const READY_TIMEOUT_MS = 3000;
const STORE_COMMITTED_DELAY_MS = 500;
const CLOCK_INTERVAL_MS = 500;
const DISCARD_TIMEOUT_MS = 1500;
const RACE_PREFIX = "race:";

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
  private readonly recorder: ConflictRecorder;
  private readonly committed: StateVector = new Map();
  private readonly listeners = new Set<() => void>();
  private readonly config: BoardConfig;
  private readonly events: EventsSocket;
  private info: BoardInfo;
  /** What the register of copies says about this one. */
  private noted = -1;
  private copy: OfflineCopy | null = null;
  private state;
  private current: Status;
  private pendingUploads = 0;
  private pendingComments = 0;
  private readonly eventListeners = new Set<(event: BoardEvent) => void>();
  private readonly counter = new Spaced(() => this.count());
  /** Work of this device that is in no document. */
  private rescued: Work[] = [];
  private storeTimer: ReturnType<typeof setTimeout> | null = null;
  private markSynced: () => void = () => {};

  constructor(config: BoardConfig) {
    this.config = config;
    this.info = initialInfo(config);
    this.state = initialState(this.canEdit, navigator.onLine);
    this.current = describe(this.state, Date.now());
    const host = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}`;
    this.connection = new Connection({
      doc: this.doc,
      url: host + config.socketBase,
      room: config.boardId,
      params: config.socketParams,
      committed: this.committed,
      tabChannel: this.tabChannel,
      events: this.connectionEvents(),
    });
    this.conflicts = new ConflictList(this.doc, config.user.id);
    this.away = new AwayWatch({ doc: this.doc, userId: config.user.id, now: Date.now });
    const { provider } = this.connection;
    this.recorder = new ConflictRecorder({
      doc: this.doc,
      userId: config.user.id,
      acknowledged: this.committed,
      isRemote: (origin) => origin === provider,
      isCatchingUp: () => !provider.synced,
      canEdit: () => this.canEdit,
      races: {
        keep: (key, race) => void this.copy?.write(RACE_PREFIX + key, race),
        forget: (key) => void this.copy?.remove(RACE_PREFIX + key),
      },
    });
    const synced = new Promise<void>((resolve) => {
      this.markSynced = resolve;
    });
    this.offline = this.openOfflineCopy(storageKey(config));
    const loaded = this.offline.then(() => {
      // An empty offline copy is nothing to show; then the server is waited for.
      if (this.doc.getMap("elements").size === 0) return synced;
    });
    this.ready = Promise.race([loaded, delay(READY_TIMEOUT_MS)]);
    this.events = new EventsSocket(host + eventsPath(config), this.takeEvent);
    this.listen();
  }

  /** Whether the person may draw; the server can change it at any time. */
  get canEdit(): boolean {
    return this.info.level === "edit";
  }

  /** Only who may edit exchanges edits with the other tabs of this browser. */
  private get tabChannel(): string | null {
    return this.canEdit ? storageKey(this.config) : null;
  }

  /** What is true of the board now. The same object as long as nothing changed. */
  readonly board = (): BoardInfo => this.info;

  /** Whether the person may draw, in the form that React takes. */
  readonly mayEdit = (): boolean => this.canEdit;

  /** Called before the level changes: the last moment to write what was drawn. */
  onBeforeLevel: (() => void) | null = null;

  /** What the badge shows now. The same object as long as nothing changed. */
  readonly status = (): Status => this.current;

  /** Calls `listener` whenever `status()` changes; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly retryNow = (): void => this.connection.retryNow();

  /** The close code after which the server does not want us back; `null` while it does. */
  get closeCode(): number | null {
    return this.state.phase.name === "closed" ? this.state.phase.code : null;
  }

  /** Images that still have to be uploaded are not saved either. */
  setPendingUploads(count: number): void {
    this.pendingUploads = count;
    this.countNow();
  }

  /** Comments that still have to be sent; of people who may not draw they are told elsewhere. */
  setPendingComments(count: number): void {
    this.pendingComments = count;
    this.countNow();
  }

  /** Calls `listener` with what the server tells of the board; returns how to stop that. */
  onEvent(listener: (event: BoardEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  private async openOfflineCopy(name: string): Promise<OfflineCopy | null> {
    const onFailed = () => this.dispatch({ type: "storage", storage: "failed" });
    this.copy = await OfflineCopy.open(name, this.doc, { onFailed });
    if (this.copy) {
      raise(this.committed, await this.copy.loadCommitted());
      await this.away.load(this.copy);
      void this.copy.readAll(RACE_PREFIX).then((races) => this.recorder.resume(races));
      this.dispatch({ type: "storage", storage: "kept" });
    } else onFailed();
    this.rescued = await keptWork(name);
    this.countNow();
    // Only now: a page that has not read its own copy must not tell the server what it has.
    this.connection.connect();
    return this.copy;
  }

  private connectionEvents() {
    return {
      onConnecting: () => this.dispatch({ type: "connecting" }),
      onConnected: () => this.dispatch({ type: "connected" }),
      onSynced: () => {
        this.markSynced();
        this.events.retryNow();
        this.away.onSynced();
        this.dispatch({ type: "synced" });
        void this.redo();
      },
      onForeign: () => void this.rescue(),
      onLost: (retryAt: number) => {
        this.away.onLost();
        this.dispatch({ type: "lost", retryAt });
      },
      onClosed: (code: number, reason: string) => {
        this.dispatch({ type: "closed", code, reason });
        this.forgetLostBoard(code);
      },
      onCommitted: (state: ReadonlyMap<number, number>) => {
        if (!raise(this.committed, state)) return;
        this.countSoon();
        this.storeTimer ??= setTimeout(this.storeCommitted, STORE_COMMITTED_DELAY_MS);
      },
      onProgress: (share: number | null) => this.dispatch({ type: "progress", share }),
    } as const;
  }

  /**
   * Somebody else has written under an id of this page. The document cannot be put right: what is
   * not saved is kept apart, the copy is given up, and the page begins again and redoes the work.
   */
  private async rescue(): Promise<void> {
    const key = storageKey(this.config);
    try {
      if (!mayRescue(key, Date.now())) throw new Error("It was tried before.");
      this.onBeforeLevel?.();
      this.recorder.flush();
      const work = collectWork(this.doc, this.committed);
      await keepWork(key, work);
      // Another tab that has the board open may not let it go at once.
      await Promise.race([this.discardCopy(), delay(DISCARD_TIMEOUT_MS)]);
      noteCopy({ key, title: this.info.title, unsaved: sizeOfWork(work) });
      window.location.reload();
    } catch {
      this.dispatch({ type: "closed", code: CloseCode.MALFORMED, reason: "" });
    }
  }

  /** Does again what was rescued, once this page has what the server has and may edit. */
  private async redo(): Promise<void> {
    if (this.rescued.length === 0 || !this.canEdit) return;
    const rescued = this.rescued;
    this.rescued = [];
    for (const work of rescued) redoWork(this.doc, work, this.config.user);
    this.countNow();
    await forgetWork(storageKey(this.config));
  }

  private readonly storeCommitted = (): void => {
    if (this.storeTimer === null) return;
    clearTimeout(this.storeTimer);
    this.storeTimer = null;
    this.copy?.saveCommitted(this.committed);
  };

  private readonly takeEvent = (event: BoardEvent): void => {
    this.takeInfo(event);
    for (const listener of this.eventListeners) listener(event);
  };

  private takeInfo(event: BoardEvent): void {
    const next = withEvent(this.info, event, this.config);
    if (next === this.info) return;
    const { canEdit: couldEdit } = this;
    if (couldEdit && next.level !== "edit") this.onBeforeLevel?.();
    this.info = next;
    this.dispatch({ type: "level", canEdit: this.canEdit });
    if (couldEdit !== this.canEdit) this.connection.changeTabs(this.tabChannel);
    // The server takes what this page has only from a connection that began with the right to.
    if (!couldEdit && this.canEdit) this.connection.restart();
    this.notify();
  }

  /** A board that one may no longer see should not stay on the device, unless work is in it. */
  private forgetLostBoard(code: number): void {
    const isLost = code === CloseCode.NO_PERMISSION || code === CloseCode.BOARD_GONE;
    const unsaved = this.state.changes + this.pendingComments;
    if (isLost && unsaved === 0) void this.discardCopy();
  }

  private listen(): void {
    // Not "update": encoding one for this alone would cost as much as loading it.
    this.doc.on("afterTransaction", this.countSoon);
    const onNetwork = () => this.dispatch({ type: "network", isOnline: navigator.onLine });
    window.addEventListener("online", onNetwork);
    window.addEventListener("offline", onNetwork);
    window.addEventListener("pagehide", () => {
      this.recorder.flush();
      this.storeCommitted();
    });
    document.addEventListener("visibilitychange", () => {
      const isVisible = document.visibilityState === "visible";
      // A page that was put away may never run again.
      if (!isVisible) this.recorder.flush();
      this.away.onVisibility(isVisible);
    });
    setInterval(() => this.refresh(), CLOCK_INTERVAL_MS);
    window.addEventListener("beforeunload", (event) => {
      if (this.state.changes > 0 && this.state.storage === "failed") event.preventDefault();
    });
  }

  private readonly countSoon = (): void => this.counter.soon();

  private countNow(): void {
    this.counter.now();
  }

  private count(): void {
    const rescued = this.rescued.reduce((sum, work) => sum + sizeOfWork(work), 0);
    const changes = unsavedChanges(this.doc, this.committed).changes + rescued;
    const comments = this.canEdit ? this.pendingComments : 0;
    this.dispatch({ type: "unsaved", changes: Math.max(changes, this.pendingUploads) + comments });
    this.noteCopy();
  }

  private noteCopy(): void {
    const unsaved = this.state.changes + (this.canEdit ? 0 : this.pendingComments);
    if (this.copy === null || this.noted === unsaved) return;
    this.noted = unsaved;
    noteCopy({ key: storageKey(this.config), title: this.info.title, unsaved });
  }

  /** Ids of the elements that hold work which the server has not got. */
  unsavedElements(): string[] {
    return unsavedElements(this.doc, this.committed);
  }

  /** Removes the board from this device; what was not saved is lost with it. */
  async discardCopy(): Promise<void> {
    const copy = this.copy;
    this.copy = null;
    forgetCopy(storageKey(this.config));
    await copy?.clear();
  }

  private dispatch(event: SyncEvent): void {
    this.state = reduce(this.state, event, Date.now());
    this.refresh();
  }

  /** Says again how things stand: time passes, and the words may be another language's. */
  refresh(): void {
    const next = describe(this.state, Date.now());
    if (JSON.stringify(next) === JSON.stringify(this.current)) return;
    this.current = next;
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
