/** What the server tells the page about itself, from the JSON element `board-config`. */

/** Levels of people who may open a board; a test holds them against `boards/shared.json`. */
export const LEVELS = ["view", "comment", "edit"] as const;
export type Level = (typeof LEVELS)[number];

export interface BoardConfig {
  readonly boardId: string;
  readonly title: string;
  readonly isLocked: boolean;
  /** The revision of the workshop that goes on; 0 if there is none. */
  readonly workshop: number;
  /** Level at page load; the server decides again at every connection. */
  readonly level: Level;
  readonly isOwner: boolean;
  readonly entry: "board" | "public";
  readonly user: {
    readonly id: string | null;
    readonly name: string;
    /** What mentions are written with; empty for guests. */
    readonly username: string;
    /** The address of their picture; empty without one. */
    readonly picture: string;
  };
  readonly socketBase: string;
  readonly socketParams: Readonly<Record<string, string>>;
  readonly filesUrl: string;
  readonly shareUrl: string | null;
  readonly homeUrl: string | null;
  readonly signInUrl: string;
  readonly csrfToken: string;
  readonly csrfCookie: string;
  /** Code and own name of each language that pages come in. */
  readonly languages: readonly (readonly [string, string])[];
  readonly languageUrl: string;
  /** `null` if nobody is signed in. */
  readonly accountUrl: string | null;
  readonly notificationsUrl: string | null;
  /** For staff alone. */
  readonly adminUrl: string | null;
  readonly signOutUrl: string | null;
  readonly assetPath: string;
  readonly maxFileBytes: number;
  /** Of one update; larger changes come in several. */
  readonly maxUpdateBytes: number;
  readonly notice: string | null;
}

/** Reads the configuration; a page without it is broken, so this throws. */
export function readConfig(): BoardConfig {
  const element = document.getElementById("board-config");
  if (!element?.textContent) throw new Error("The page has no board configuration.");
  return JSON.parse(element.textContent) as BoardConfig;
}

/** Distinguishes what this browser keeps: two people, or two ways in, never share one copy. */
export function storageKey(config: BoardConfig): string {
  return `canvas:${config.boardId}:${config.user.id ?? "guest"}:${config.entry}`;
}
