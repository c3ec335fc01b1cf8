/** What presence tells of a workshop: who writes privately, and reactions. It is stored nowhere. */
import type { Awareness } from "y-protocols/awareness";
import { isCoordinate } from "../canvas/bounds";

/** The field `private` of presence. */
export interface PrivateState {
  readonly notes: number;
  readonly isWriting: boolean;
}

export interface Writers {
  /** Of other people. */
  readonly notes: number;
  readonly writing: number;
}

const MOST_NOTES = 1000;

export const EMOJI = ["👍", "❤️", "🎉", "😄", "🤔", "👏"] as const;
export type Emoji = (typeof EMOJI)[number];

/** The field `reaction` of presence; `n` is another one for each. */
export interface Reaction {
  readonly emoji: Emoji;
  readonly x: number;
  readonly y: number;
  readonly n: number;
}

/** How many notes others say they have, and how many people write just now. */
export function writersOf(awareness: Awareness): Writers {
  let [notes, writing] = [0, 0];
  for (const [client, state] of awareness.getStates()) {
    const said = state.private as Partial<PrivateState> | undefined;
    if (client === awareness.clientID || typeof said !== "object" || said === null) continue;
    const count = Number(said.notes);
    if (Number.isInteger(count) && count > 0) notes += Math.min(count, MOST_NOTES);
    if (said.isWriting === true) writing += 1;
  }
  return { notes, writing };
}

/** A reaction of somebody else; `null` for what is none. */
export function reactionIn(state: unknown): Reaction | null {
  const said = (state as { reaction?: unknown } | undefined)?.reaction;
  if (typeof said !== "object" || said === null) return null;
  const { emoji, x, y, n } = said as Record<string, unknown>;
  const isKnown = (EMOJI as readonly unknown[]).includes(emoji);
  if (!isKnown || !isCoordinate(x) || !isCoordinate(y) || typeof n !== "number") return null;
  return { emoji: emoji as Emoji, x, y, n };
}
