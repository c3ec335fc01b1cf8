/** Who else is here: cursors, names and selections, both ways. */
import type { Collaborator, ExcalidrawImperativeAPI, SocketId } from "@excalidraw/excalidraw/types";
import type { Awareness } from "y-protocols/awareness";
import { Listeners } from "../listeners";
import {
  collaboratorFrom,
  drawnOf,
  firstIds,
  MAX_DRAWN,
  nameOf,
  type Pointer,
  type PresenceState,
} from "./states";
import { wakeTrails } from "./trails";

/** Interval between two pointer messages. */
const SEND_INTERVAL_MS = 33;
/** How often others' pointers are drawn; every drawing renders the whole editor. */
const SHOW_INTERVAL_MS = 40;
/** With many people less often, because each of them costs time. */
const SHOW_MS_PER_PERSON = 3;
const IDLE_AFTER_MS = 60_000;
/** Length of all ids together. The server accepts 1 kB of presence from viewers, and 4 kB from others. */
const MAX_SELECTION_CHARS = 2500;
const MAX_VIEWER_SELECTION_CHARS = 500;

/** Somebody who presents. */
export interface Presenter {
  /** Client id. */
  readonly client: string;
  readonly name: string;
}

export interface PointerUpdate {
  readonly pointer: Pointer;
  readonly button: "up" | "down";
  readonly pointersMap: ReadonlyMap<number, unknown>;
}

export class Presence {
  private readonly awareness: Awareness;
  private readonly api: ExcalidrawImperativeAPI;
  private pending: Partial<PresenceState> = {};
  private sendTimer: ReturnType<typeof setTimeout> | null = null;
  private showTimer: ReturnType<typeof setTimeout> | null = null;
  private idleTimer: ReturnType<typeof setTimeout> | null = null;
  private sentAt = 0;
  private state: "active" | "idle" | "away" = "active";
  private selection = "";
  private readonly marks = new Map<string, readonly string[]>();
  private readonly listeners = new Listeners();
  private currentPresenter: Presenter | null = null;
  private isPresenting = false;

  constructor(
    awareness: Awareness,
    api: ExcalidrawImperativeAPI,
    user: { readonly id: string | null; readonly name: string },
  ) {
    this.awareness = awareness;
    this.api = api;
    awareness.setLocalState({ user, pointer: null, button: "up", selected: [], state: "active" });
    awareness.on("change", this.onChange);
    document.documentElement.addEventListener("pointerleave", this.hidePointer);
    window.addEventListener("blur", this.hidePointer);
    window.addEventListener("pagehide", this.leave);
    window.addEventListener("pageshow", this.comeBack);
    document.addEventListener("visibilitychange", this.onVisibility);
    window.addEventListener("keydown", this.onActivity, { capture: true });
    this.restartIdleTimer();
    this.showLater();
  }

  /** Who presents now; if there are several, the first. Never the user of this page. */
  readonly presenter = (): Presenter | null => this.currentPresenter;

  readonly subscribe = this.listeners.add;

  /**
   * Tells everybody that this person presents, and draws no boxes around what others select
   * meanwhile; returns how to end it.
   */
  present(): () => void {
    const set = (presenting: boolean) => {
      this.isPresenting = presenting;
      this.send({ presenting });
      this.showLater();
    };
    set(true);
    return () => set(false);
  }

  readonly onPointerUpdate = ({ pointer, button, pointersMap }: PointerUpdate): void => {
    // Two fingers move the canvas, they do not point at anything.
    if (pointersMap.size > 1) return;
    const { x, y, tool } = pointer;
    this.send({ pointer: { x: round(x), y: round(y), tool }, button });
    this.onActivity();
  };

  /**
   * Draws dashed boxes around elements, as around what other people select: as the selection of
   * somebody without name and pointer. The colour follows from `key`.
   */
  mark(key: string, ids: readonly string[]): void {
    if (this.marks.get(key)?.join() === ids.join()) return;
    if (ids.length > 0) this.marks.set(key, ids);
    else if (!this.marks.delete(key)) return;
    this.showLater();
  }

  /** To be called when the editor changed: the selection may be another one. */
  readonly onEditorChange = (): void => {
    const { selectedElementIds, viewModeEnabled } = this.api.getAppState();
    const chars = viewModeEnabled ? MAX_VIEWER_SELECTION_CHARS : MAX_SELECTION_CHARS;
    const selected = firstIds(Object.keys(selectedElementIds), chars);
    const selection = selected.join();
    if (selection === this.selection) return;
    this.selection = selection;
    this.send({ selected });
  };

  private send(change: Partial<PresenceState>): void {
    this.pending = { ...this.pending, ...change };
    if (this.sendTimer !== null) return;
    const since = performance.now() - this.sentAt;
    this.sendTimer = setTimeout(this.sendNow, Math.max(0, SEND_INTERVAL_MS - since));
  }

  private readonly sendNow = (): void => {
    if (this.sendTimer !== null) clearTimeout(this.sendTimer);
    this.sendTimer = null;
    this.sentAt = performance.now();
    const state = this.awareness.getLocalState();
    if (state === null) return;
    this.awareness.setLocalState({ ...state, ...this.pending });
    this.pending = {};
  };

  private readonly hidePointer = (): void => this.send({ pointer: null, button: "up" });

  private readonly onVisibility = (): void => {
    const isHidden = document.visibilityState === "hidden";
    if (isHidden) {
      this.state = "away";
      this.send({ pointer: null, button: "up", state: "away" });
      // Nothing runs on time in a hidden page.
      this.sendNow();
    } else this.onActivity();
  };

  private readonly onActivity = (): void => {
    if (this.state !== "active") this.send({ state: "active" });
    this.state = "active";
    this.restartIdleTimer();
  };

  private readonly leave = (): void => this.awareness.setLocalState(null);

  /** The page may return from the browser's back-forward cache. */
  private readonly comeBack = (event: PageTransitionEvent): void => {
    if (event.persisted) window.location.reload();
  };

  private restartIdleTimer(): void {
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => {
      if (this.state === "away") return;
      this.state = "idle";
      this.send({ state: "idle", pointer: null });
    }, IDLE_AFTER_MS);
  }

  private readonly onChange = (_changes: unknown, origin: unknown): void => {
    if (origin === "local") return;
    this.showLater();
    this.notePresenter();
  };

  private notePresenter(): void {
    const found = [...this.awareness.getStates()].find(
      ([client, state]) => state.presenting === true && client !== this.awareness.clientID,
    );
    const presenter = found && { client: String(found[0]), name: nameOf(found[1]) };
    if (presenter?.client === this.currentPresenter?.client) return;
    this.currentPresenter = presenter ?? null;
    this.listeners.call();
  }

  private showLater(): void {
    const people = Math.min(this.awareness.getStates().size, MAX_DRAWN);
    this.showTimer ??= setTimeout(
      () =>
        requestAnimationFrame(() => {
          this.showTimer = null;
          const collaborators = this.collaborators();
          this.api.updateScene({ collaborators });
          wakeTrails(collaborators);
        }),
      SHOW_INTERVAL_MS + people * SHOW_MS_PER_PERSON,
    );
  }

  private collaborators(): Map<SocketId, Collaborator> {
    const collaborators = new Map<SocketId, Collaborator>();
    const { clientID } = this.awareness;
    const needed = [clientID, Number(this.currentPresenter?.client)];
    for (const [client, state] of drawnOf(this.awareness.getStates(), needed)) {
      const isSelf = client === clientID;
      const seen = this.isPresenting ? { ...state, selected: [] } : state;
      collaborators.set(String(client) as SocketId, collaboratorFrom(client, seen, isSelf));
    }
    for (const [key, ids] of this.isPresenting ? [] : this.marks) {
      const selectedElementIds = Object.fromEntries(ids.map((id) => [id, true] as const));
      collaborators.set(key as SocketId, { selectedElementIds });
    }
    return collaborators;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
