/** From one object to the next with the arrow keys. Pure. */
import { boundsOf, type OutlineElement } from "./read";

export type Direction = "up" | "down" | "left" | "right";

export interface Spot {
  readonly x: number;
  readonly y: number;
}

const AHEAD: Readonly<Record<Direction, readonly [number, number]>> = {
  up: [0, -1],
  down: [0, 1],
  left: [-1, 0],
  right: [1, 0],
};
/** How much further away something seems for each unit that it lies to the side. */
const ASIDE = 2;
/** What an arrow joins seems so much nearer. */
const JOINED = 0.5;

/**
 * The nearest element whose middle lies in that direction, more ahead than to the side; `null` when
 * there is none. `joined` are ids that arrows lead to or come from.
 */
export function nearestIn(
  direction: Direction,
  from: Spot,
  elements: readonly OutlineElement[],
  joined: ReadonlySet<string> = new Set(),
): OutlineElement | null {
  const [aheadX, aheadY] = AHEAD[direction];
  let nearest: OutlineElement | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const element of elements) {
    const { x, y } = middleOf(element);
    const [across, down] = [x - from.x, y - from.y];
    const ahead = across * aheadX + down * aheadY;
    const aside = Math.abs(across * aheadY) + Math.abs(down * aheadX);
    if (ahead <= 0 || aside > ahead * ASIDE) continue;
    const distance = (ahead + ASIDE * aside) * (joined.has(element.id) ? JOINED : 1);
    if (distance < least) [nearest, least] = [element, distance];
  }
  return nearest;
}

export function middleOf(element: OutlineElement): Spot {
  const { left, top, right, bottom } = boundsOf(element);
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}
