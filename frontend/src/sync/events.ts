/** The events socket: what a page has to know besides the drawing, as JSON from the server only. */
import { type BoardConfig, LEVELS, type Level } from "../config";
import { isPermanent } from "./codes";

export interface BoardFacts {
  readonly title: string;
  readonly isLocked: boolean;
}

/** How often a list of the board changed: the same number, the same list. */
export interface Changes {
  readonly versions: number;
  readonly comments: number;
}

export type BoardEvent =
  /** With `board` on every opening: what is true now, whatever was missed. */
  | {
      readonly type: "access";
      readonly level: Level;
      readonly canManage: boolean;
      readonly board?: BoardFacts;
      readonly changes?: Changes;
      readonly workshop?: number;
    }
  | ({ readonly type: "board" } & BoardFacts)
  /** `comment` is the thread as in REST; of a deleted one only its `id`. */
  | { readonly type: "comment"; readonly isDeleted: boolean; readonly comment: unknown }
  | { readonly type: "versions" }
  /** As in REST; `null` once it has ended. */
  | { readonly type: "workshop"; readonly revision: number; readonly workshop: unknown }
  /** For this person: there is something behind the bell. */
  | { readonly type: "notifications" }
  /** For this person: one of their libraries has changed. */
  | { readonly type: "libraries" };

/** Say that something is new, and nothing else. */
const PLAIN = ["versions", "notifications", "libraries"] as const;

const MIN_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 30_000;

export class EventsSocket {
  private readonly url: string;
  private readonly onEvent: (event: BoardEvent) => void;
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private failures = 0;
  private isOver = false;

  /** `url` is absolute, with its query. Connects at once, and again whenever it is lost. */
  constructor(url: string, onEvent: (event: BoardEvent) => void) {
    this.url = url;
    this.onEvent = onEvent;
    this.connect();
    window.addEventListener("online", this.retryNow);
  }

  /** Reconnects at once; to be called when the server was reached in another way. */
  readonly retryNow = (): void => {
    if (this.isOver || this.socket !== null) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.connect();
  };

  close(): void {
    this.isOver = true;
    if (this.timer !== null) clearTimeout(this.timer);
    window.removeEventListener("online", this.retryNow);
    this.socket?.close();
  }

  private connect(): void {
    this.timer = null;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onmessage = ({ data }: MessageEvent) => {
      this.failures = 0;
      const event = decodeEvent(data);
      if (event && !this.isOver) this.onEvent(event);
    };
    socket.onclose = ({ code }: CloseEvent) => {
      this.socket = null;
      // The drawing's socket gets the same code, and the page shows it.
      if (this.isOver || isPermanent(code)) return;
      const pause = Math.min(MIN_PAUSE_MS * 2 ** this.failures, MAX_PAUSE_MS);
      this.failures += 1;
      // Not all at once after a restart of the server.
      this.timer = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
    };
  }
}

/** Reads a frame; `null` for what this page does not know, which newer servers may send. */
export function decodeEvent(data: unknown): BoardEvent | null {
  const event = parse(data);
  if (event.type === "access" && isLevel(event.level)) {
    const level = event.level as Level;
    const canManage = event.can_manage === true;
    const board = factsOf(event);
    const changes = changesOf(event);
    return {
      type: "access",
      level,
      canManage,
      ...(board && { board }),
      ...(changes && { changes }),
      ...(typeof event.workshop === "number" && { workshop: event.workshop }),
    };
  }
  if (event.type === "board") {
    const facts = factsOf(event);
    return facts && { type: "board", ...facts };
  }
  if (event.type === "comment" && typeof event.comment === "object" && event.comment !== null) {
    const isDeleted = event.action === "deleted";
    return { type: "comment", isDeleted, comment: event.comment };
  }
  if (event.type === "workshop" && typeof event.revision === "number") {
    return { type: "workshop", revision: event.revision, workshop: event.workshop ?? null };
  }
  if (PLAIN.includes(event.type as "versions")) return { type: event.type as "versions" };
  return null;
}

function factsOf(event: Record<string, unknown>): BoardFacts | null {
  return typeof event.title === "string"
    ? { title: event.title, isLocked: event.is_locked === true }
    : null;
}

function changesOf({ versions, comments }: Record<string, unknown>): Changes | null {
  return typeof versions === "number" && typeof comments === "number"
    ? { versions, comments }
    : null;
}

function parse(data: unknown): Record<string, unknown> {
  try {
    const event: unknown = JSON.parse(String(data));
    return typeof event === "object" && event !== null ? (event as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isLevel(value: unknown): value is Level {
  return (LEVELS as readonly unknown[]).includes(value);
}

/** The events socket takes the same credentials; the parameter `saved` is not for it. */
export function eventsPath({
  socketBase,
  socketParams,
  boardId,
}: Pick<BoardConfig, "socketBase" | "socketParams" | "boardId">): string {
  const { saved: _saved, ...params } = socketParams;
  const query = new URLSearchParams(params).toString();
  return `${socketBase.replace(/canvas$/, "events")}/${boardId}${query ? `?${query}` : ""}`;
}
