/** Who else is here: cursors, names and selections, both ways. */
import type { Collaborator, ExcalidrawImperativeAPI, SocketId } from "@excalidraw/excalidraw/types";
import type { Awareness } from "y-protocols/awareness";
import { t } from "../i18n";

/** How often our pointer is sent. */
const SEND_INTERVAL_MS = 33;
/** How often others' pointers are drawn; every drawing renders the whole editor. */
const SHOW_INTERVAL_MS = 40;
/** With many people less often: each of them costs time at every drawing. */
const SHOW_MS_PER_PERSON = 3;
/** More people are not drawn. */
export const MAX_DRAWN = 60;
const IDLE_AFTER_MS = 60_000;
const MAX_SELECTION = 50;
/** Of the ids together; the server takes 1 kB of somebody who may only look, and else 4 kB. */
const MAX_SELECTION_CHARS = 2500;
const MAX_VIEWER_SELECTION_CHARS = 500;
const MAX_ID_CHARS = 64;
const MAX_COORDINATE = 1e7;

interface Pointer {
  readonly x: number;
  readonly y: number;
  readonly tool: "pointer" | "laser";
}

/** One person's presence as it goes over the wire; `user` is written again by the server. */
export interface PresenceState {
  readonly user?: { readonly id?: string | null; readonly name?: string };
  readonly pointer?: Pointer | null;
  readonly button?: "up" | "down";
  readonly selected?: readonly string[];
  readonly state?: "active" | "idle" | "away";
  readonly presenting?: boolean;
}

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
  private readonly listeners = new Set<() => void>();
  private currentPresenter: Presenter | null = null;

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

  /** Who presents now, of several the first that came; never oneself. */
  readonly presenter = (): Presenter | null => this.currentPresenter;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Tells everybody that this person presents; returns how to end it. */
  present(): () => void {
    this.send({ presenting: true });
    return () => this.send({ presenting: false });
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
    for (const listener of this.listeners) listener();
  }

  private showLater(): void {
    const people = Math.min(this.awareness.getStates().size, MAX_DRAWN);
    this.showTimer ??= setTimeout(
      () =>
        requestAnimationFrame(() => {
          this.showTimer = null;
          this.api.updateScene({ collaborators: this.collaborators() });
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
      collaborators.set(String(client) as SocketId, collaboratorFrom(client, state, isSelf));
    }
    for (const [key, ids] of this.marks) {
      const selectedElementIds = Object.fromEntries(ids.map((id) => [id, true] as const));
      collaborators.set(key as SocketId, { selectedElementIds });
    }
    return collaborators;
  }
}

/**
 * Whom there is room for: who is needed, then people with an account, then those with a pointer, in
 * the order in which they came.
 */
export function drawnOf<State extends PresenceState>(
  states: ReadonlyMap<number, State>,
  needed: readonly number[],
): [number, State][] {
  if (states.size <= MAX_DRAWN) return [...states];
  const rank = ([client, { user, pointer }]: [number, State]): number => {
    if (needed.includes(client)) return 0;
    return (typeof user?.id === "string" ? 1 : 3) + (isPointer(pointer) ? 0 : 1);
  };
  return [...states].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_DRAWN);
}

/** The first of `ids` that are together no longer than `chars`. */
export function firstIds(ids: readonly string[], chars: number): string[] {
  let left = chars;
  const first: string[] = [];
  for (const id of ids.slice(0, MAX_SELECTION)) {
    left -= id.length + 3;
    if (left < 0) break;
    first.push(id);
  }
  return first;
}

/** Presence comes from other programs: take only what has the right shape. */
export function collaboratorFrom(
  client: number,
  state: PresenceState,
  isSelf: boolean,
): Collaborator {
  const base: Collaborator = {
    id: colorKey(typeof state.user?.id === "string" ? state.user.id : String(client)),
    socketId: String(client) as SocketId,
    username: nameOf(state),
    isCurrentUser: isSelf,
  };
  if (isSelf) return base;
  const ids: unknown[] = Array.isArray(state.selected)
    ? state.selected.slice(0, MAX_SELECTION)
    : [];
  const selected = ids.filter((id) => typeof id === "string" && id.length <= MAX_ID_CHARS);
  return {
    ...base,
    ...(isPointer(state.pointer) ? { pointer: state.pointer } : {}),
    button: state.button === "down" ? "down" : "up",
    selectedElementIds: Object.fromEntries(selected.map((id) => [String(id), true] as const)),
    userState: (state.state === "idle" || state.state === "away"
      ? state.state
      : "active") as Collaborator["userState"] & string,
  };
}

/** As the server wrote it. */
function nameOf({ user }: PresenceState): string {
  const name = typeof user?.name === "string" ? user.name.slice(0, 80) : "";
  return name || t("Guest");
}

/**
 * Excalidraw takes a person's colour from a sum over this key, which gives neighbours in a list of
 * users almost the same one. Scattered keys give scattered colours, the same in every browser.
 */
function colorKey(id: string): string {
  let hash = 2166136261;
  for (const character of id) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  }
  return `${id}:${(hash >>> 0).toString(36)}`;
}

function isPointer(pointer: unknown): pointer is Pointer {
  if (typeof pointer !== "object" || pointer === null) return false;
  const { x, y, tool } = pointer as Record<string, unknown>;
  return isCoordinate(x) && isCoordinate(y) && (tool === "pointer" || tool === "laser");
}

function isCoordinate(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= MAX_COORDINATE;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
