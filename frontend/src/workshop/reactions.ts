/** Reactions: emoji that rise from a place on the canvas and fade. */
import { sceneCoordsToViewportCoords, viewportCoordsToSceneCoords } from "@excalidraw/excalidraw";
import type { Awareness } from "y-protocols/awareness";
import type { JoinedBoard } from "../page/useBoard";
import { middleOfView } from "../page/where";
import { type Emoji, type Reaction, reactionIn } from "./others";

/** As long as the animation in `votes.css`. */
const SHOWN_MS = 2_500;
const CALM_MS = 1_500;
/** More at once would hide the drawing. */
const MOST = 30;
/** Between two of one person. */
const REST_MS = 150;

export class Reactions {
  private readonly board: JoinedBoard;
  private readonly awareness: Awareness;
  private readonly layer = document.createElement("div");
  private readonly seen = new Map<number, number>();
  private readonly controller = new AbortController();
  private pointer: { x: number; y: number } | null = null;
  private sentAt = 0;
  private clearTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(board: JoinedBoard, awareness: Awareness) {
    this.board = board;
    this.awareness = awareness;
    this.layer.className = "reactions";
    this.layer.setAttribute("aria-hidden", "true");
    board.canvas.append(this.layer);
    const { signal } = this.controller;
    const onMove = ({ clientX, clientY, target }: PointerEvent) => {
      if (target instanceof HTMLCanvasElement) this.pointer = { x: clientX, y: clientY };
    };
    window.addEventListener("pointermove", onMove, { capture: true, passive: true, signal });
    for (const [client, state] of awareness.getStates()) this.note(client, reactionIn(state));
    awareness.on("change", this.onChange);
  }

  destroy(): void {
    this.controller.abort();
    this.awareness.off("change", this.onChange);
    if (this.clearTimer !== null) clearTimeout(this.clearTimer);
    this.awareness.setLocalStateField("reaction", null);
    this.layer.remove();
  }

  /** Shows a reaction to everybody, where the mouse was last over the canvas. */
  readonly send = (emoji: Emoji): void => {
    const now = performance.now();
    if (now - this.sentAt < REST_MS) return;
    this.sentAt = now;
    const { api } = this.board;
    const { x, y } = this.pointer
      ? viewportCoordsToSceneCoords(
          { clientX: this.pointer.x, clientY: this.pointer.y },
          api.getAppState(),
        )
      : middleOfView(api);
    const reaction = { emoji, x: Math.round(x), y: Math.round(y), n: Date.now() };
    this.awareness.setLocalStateField("reaction", reaction);
    this.show(reaction);
    if (this.clearTimer !== null) clearTimeout(this.clearTimer);
    // Who comes later has missed it.
    this.clearTimer = setTimeout(
      () => this.awareness.setLocalStateField("reaction", null),
      SHOWN_MS,
    );
  };

  private readonly onChange = ({ added, updated, removed }: Record<string, number[]>): void => {
    for (const client of removed ?? []) this.seen.delete(client);
    for (const client of [...(added ?? []), ...(updated ?? [])]) {
      if (client === this.awareness.clientID) continue;
      const reaction = reactionIn(this.awareness.getStates().get(client));
      if (this.note(client, reaction) && reaction) this.show(reaction);
    }
  };

  /** Whether it is another one than the last of this client. */
  private note(client: number, reaction: Reaction | null): boolean {
    if (!reaction || this.seen.get(client) === reaction.n) return false;
    this.seen.set(client, reaction.n);
    return true;
  }

  private show({ emoji, x, y }: Reaction): void {
    if (this.layer.childElementCount >= MOST) this.layer.firstElementChild?.remove();
    const appState = this.board.api.getAppState();
    const place = sceneCoordsToViewportCoords({ sceneX: x, sceneY: y }, appState);
    const view = document.createElement("span");
    view.className = "reaction";
    view.textContent = emoji;
    view.style.translate = `${place.x - appState.offsetLeft}px ${place.y - appState.offsetTop}px`;
    this.layer.append(view);
    const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    setTimeout(() => view.remove(), isCalm ? CALM_MS : SHOWN_MS);
  }
}
