/** What one person's presence says, and how the editor draws it. Pure. */
import type { Collaborator, SocketId } from "@excalidraw/excalidraw/types";
import { isCoordinate, isUsableId } from "../canvas/bounds";
import { shortened } from "../characters";
import { t } from "../i18n";
import { pictureAddress } from "../pictures";

/** More people are not drawn. */
export const MAX_DRAWN = 60;
const MAX_SELECTION = 50;
const MAX_NAME_CHARS = 80;

export interface Pointer {
  readonly x: number;
  readonly y: number;
  readonly tool: "pointer" | "laser";
}

/** One person's presence as it goes over the wire; `user` is written again by the server. */
export interface PresenceState {
  readonly user?: {
    readonly id?: string | null;
    readonly name?: string;
    readonly picture?: string;
  };
  readonly pointer?: Pointer | null;
  readonly button?: "up" | "down";
  readonly selected?: readonly string[];
  readonly state?: "active" | "idle" | "away";
  readonly presenting?: boolean;
}

/**
 * The people there is room for: those needed, then people with an account, then those with a pointer, in
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
  const avatarUrl = pictureAddress(state.user?.picture);
  const base: Collaborator = {
    id: typeof state.user?.id === "string" ? state.user.id : String(client),
    socketId: String(client) as SocketId,
    username: nameOf(state),
    isCurrentUser: isSelf,
    ...(avatarUrl ? { avatarUrl } : {}),
  };
  if (isSelf) return base;
  const ids: unknown[] = Array.isArray(state.selected)
    ? state.selected.slice(0, MAX_SELECTION)
    : [];
  const selected = ids.filter((id) => typeof id === "string" && isUsableId(id));
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
export function nameOf({ user }: PresenceState): string {
  const name = typeof user?.name === "string" ? shortened(user.name, MAX_NAME_CHARS) : "";
  return name || t("Guest");
}

function isPointer(pointer: unknown): pointer is Pointer {
  if (typeof pointer !== "object" || pointer === null) return false;
  const { x, y, tool } = pointer as Record<string, unknown>;
  return isCoordinate(x) && isCoordinate(y) && (tool === "pointer" || tool === "laser");
}
