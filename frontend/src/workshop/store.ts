/** The workshop of this board as this page knows it, and the commands of the person at it. */
import type { BoardConfig } from "../config";
import { Listeners } from "../listeners";
import { callBoard } from "../page/boardApi";
import type { BoardSession } from "../sync/session";
import {
  type Ballot,
  decodeBallot,
  decodeWorkshop,
  NO_BALLOT,
  type WorkshopState,
  withDot,
} from "./state";

/** The lead falls free 150 seconds after its page was last heard: `LEAD_SECONDS` on the server. */
const KEEP_LEAD_MS = 30_000;
/** For what got lost on the way, and for the lead, of which others are told nothing. */
const LOOK_AGAIN_MS = 60_000;
/** Several dots in a row are one request. */
const BALLOT_MS = 300;
const RETRY_MS = 3_000;

export interface Known {
  readonly workshop: WorkshopState | null;
  /** This person's id in it. */
  readonly me: string;
  readonly ballot: Ballot;
  /** Whether the server has said anything yet. */
  readonly isLoaded: boolean;
}

type Method = "POST" | "PUT" | "PATCH" | "DELETE";

export class WorkshopStore {
  private readonly config: BoardConfig;
  private readonly session: BoardSession;
  private readonly onProblem: (error: unknown) => void;
  private readonly listeners = new Listeners();
  private known: Known = { workshop: null, me: "", ballot: NO_BALLOT, isLoaded: false };
  private revision = 0;
  /** How often this person changed their ballot. */
  private edits = 0;
  private isSending = false;
  private ballotTimer: ReturnType<typeof setTimeout> | null = null;
  private loadTimer: ReturnType<typeof setTimeout> | null = null;
  private readonly controller = new AbortController();

  constructor(config: BoardConfig, session: BoardSession, onProblem: (error: unknown) => void) {
    this.config = config;
    this.session = session;
    this.onProblem = onProblem;
    const { signal } = this.controller;
    const stop = session.onEvent((event) => {
      if (event.type === "workshop") this.take(event.workshop, event.revision);
      // Whatever was missed while the socket was gone.
      if (event.type === "access" && (event.workshop ?? 0) !== this.current) void this.load();
    });
    signal.addEventListener("abort", stop);
    // Nothing runs on time in a hidden page, and clocks may stand still while a device sleeps.
    const onVisible = () => document.visibilityState === "visible" && void this.load();
    document.addEventListener("visibilitychange", onVisible, { signal });
    const keep = setInterval(() => this.isLeading() && void this.keepLead(), KEEP_LEAD_MS);
    const look = setInterval(() => this.known.workshop && void this.load(), LOOK_AGAIN_MS);
    signal.addEventListener("abort", () => {
      clearInterval(keep);
      clearInterval(look);
      if (this.loadTimer !== null) clearTimeout(this.loadTimer);
      if (this.ballotTimer !== null) void this.sendBallot();
    });
    void this.load();
  }

  destroy(): void {
    this.controller.abort();
  }

  /** The same object as long as nothing changed. */
  readonly snapshot = (): Known => this.known;

  readonly subscribe = this.listeners.add;

  private get current(): number {
    return this.known.workshop?.revision ?? 0;
  }

  isLeading(): boolean {
    const { workshop, me } = this.known;
    return workshop?.lead?.id === me && me !== "" && this.session.canEdit;
  }

  /** Sends a command; returns whether it was done. What was refused is told. */
  readonly command = async (method: Method, path: string, body?: unknown): Promise<boolean> => {
    const { edits } = this;
    try {
      this.takeAnswer(await callBoard(this.config, method, `workshop${path}`, body), edits);
      return true;
    } catch (error) {
      this.onProblem(error);
      void this.load();
      return false;
    }
  };

  /** Puts a dot on an object, or takes one back; returns whether that was possible. */
  readonly dot = (id: string, change: 1 | -1): boolean => {
    const { workshop, ballot } = this.known;
    if (!workshop?.vote || workshop.vote.results) return false;
    const next = withDot(ballot, workshop.vote, id, change);
    if (next === ballot) return false;
    // Somebody who changes their dots has not finished.
    this.vote({ ...next, isDone: false });
    return true;
  };

  readonly finish = (isDone: boolean): void => this.vote({ ...this.known.ballot, isDone });

  private vote(ballot: Ballot): void {
    this.edits += 1;
    this.set({ ballot });
    if (this.ballotTimer !== null) clearTimeout(this.ballotTimer);
    this.ballotTimer = setTimeout(() => void this.sendBallot(), BALLOT_MS);
  }

  /** One request after the other: the newest ballot has to be the last that arrives. */
  private async sendBallot(): Promise<void> {
    if (this.ballotTimer !== null) clearTimeout(this.ballotTimer);
    this.ballotTimer = null;
    if (this.isSending) return;
    this.isSending = true;
    let sent = -1;
    while (sent !== this.edits) {
      sent = this.edits;
      const { workshop, ballot } = this.known;
      if (!workshop?.vote || workshop.vote.results) break;
      const body = { vote: workshop.vote.id, dots: ballot.dots, is_done: ballot.isDone };
      if (!(await this.command("PUT", "/ballot", body))) break;
    }
    this.isSending = false;
    // What was refused gives way to what the server has.
    if (sent !== this.edits) void this.load();
  }

  private async keepLead(): Promise<void> {
    const { edits } = this;
    try {
      this.takeAnswer(await callBoard(this.config, "POST", "workshop/lead", {}), edits);
    } catch {
      // Nobody answers, or somebody else leads: the next look says which.
    }
  }

  private readonly load = async (): Promise<void> => {
    if (this.loadTimer !== null) clearTimeout(this.loadTimer);
    this.loadTimer = null;
    const edits = this.isSending || this.ballotTimer !== null ? -1 : this.edits;
    try {
      this.takeAnswer(await callBoard(this.config, "GET", "workshop"), edits);
    } catch {
      if (this.controller.signal.aborted) return;
      this.loadTimer = setTimeout(() => void this.load(), RETRY_MS);
    }
  };

  /** `edits` when it was asked for: a ballot that was changed meanwhile is not taken over. */
  private takeAnswer(answer: unknown, edits: number): void {
    const { me, workshop, ballot } = answer as Record<string, unknown>;
    const revision = (workshop as { revision?: number } | null)?.revision ?? this.revision;
    this.take(workshop, revision, {
      ...{ me: String(me ?? ""), isLoaded: true },
      ...(edits === this.edits && { ballot: decodeBallot(ballot) }),
    });
  }

  /**
   * Events and answers may overtake each other: what is older than what is known is left out.
   * Everything is changed at once: nobody is to see a half.
   */
  private take(said: unknown, revision: number, more: Partial<Known> = {}): void {
    if (revision < this.revision) {
      this.set({ me: more.me ?? this.known.me, isLoaded: true });
      return;
    }
    this.revision = revision;
    const workshop = decodeWorkshop(said, performance.now());
    const isOtherVote = workshop?.vote?.id !== this.known.workshop?.vote?.id;
    this.set({ workshop, ...(isOtherVote && { ballot: NO_BALLOT }), ...more });
  }

  private set(change: Partial<Known>): void {
    this.known = { ...this.known, ...change };
    this.listeners.call();
  }
}
