/**
 * Other people's laser trails. Excalidraw looks for them in every frame, which keeps processor and
 * battery busy on a board on which nothing happens; here it does while somebody has a laser.
 */
import type { Collaborator } from "@excalidraw/excalidraw/types";

type People = ReadonlyMap<unknown, Collaborator>;

/** What draws the trails, in the editor. */
interface Trails {
  readonly app: { readonly state: { readonly collaborators: People } };
  readonly animationFrameHandler: { start(trails: Trails): void };
}

const resting = new Set<Trails>();

/** For the editor, at the end of each frame: whether it may stop until `wakeTrails`. */
export function restUntilLaser(trails: Trails): boolean {
  if (hasLaser(trails.app.state.collaborators)) return false;
  resting.add(trails);
  return true;
}

/** To be called with what people do now. */
export function wakeTrails(people: People): void {
  if (resting.size === 0 || !hasLaser(people)) return;
  for (const trails of resting) trails.animationFrameHandler.start(trails);
  resting.clear();
}

function hasLaser(people: People): boolean {
  for (const { pointer } of people.values()) if (pointer?.tool === "laser") return true;
  return false;
}
