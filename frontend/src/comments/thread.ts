/** Threads of comments as the server gives them, checked and in the page's own terms. */

import { pictureAddress } from "../pictures";

/** A point of the board, or of an element: then it follows the element. */
export type Anchor =
  | { readonly x: number; readonly y: number }
  | { readonly element: string; readonly dx: number; readonly dy: number };

export interface Author {
  /** `null` for guests and deleted accounts. */
  readonly id: string | null;
  readonly name: string;
  readonly isGuest: boolean;
  /** The same for all comments of one guest; empty for accounts. */
  readonly guestId: string;
  /** The address of their picture; empty without one. */
  readonly picture: string;
}

export interface Comment {
  readonly id: string;
  readonly author: Author;
  readonly body: string;
  /** Usernames. */
  readonly mentions: readonly string[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly isEdited: boolean;
}

export interface Thread {
  readonly id: string;
  readonly anchor: Anchor;
  readonly isResolved: boolean;
  readonly resolvedBy: string;
  /** Oldest first, never empty. */
  readonly comments: readonly Comment[];
}

/** A thread as in REST and in events; `null` for what is none. */
export function decodeThread(value: unknown): Thread | null {
  const { id, anchor, is_resolved, resolved_by, comments } = fields(value);
  const place = decodeAnchor(anchor);
  if (typeof id !== "string" || !place || !Array.isArray(comments)) return null;
  const decoded = comments.map(decodeComment).filter((comment) => comment !== null);
  if (decoded.length === 0) return null;
  return {
    id,
    anchor: place,
    isResolved: is_resolved === true,
    resolvedBy: text(resolved_by),
    comments: decoded,
  };
}

export function decodeAnchor(value: unknown): Anchor | null {
  const { x, y, element_id, dx, dy } = fields(value);
  if (isNumber(x) && isNumber(y)) return { x, y };
  if (typeof element_id === "string" && isNumber(dx) && isNumber(dy)) {
    return { element: element_id, dx, dy };
  }
  return null;
}

/** The anchor as REST takes it. */
export function encodeAnchor(anchor: Anchor): Record<string, string | number> {
  if ("x" in anchor) return { x: anchor.x, y: anchor.y };
  return { element_id: anchor.element, dx: anchor.dx, dy: anchor.dy };
}

function decodeComment(value: unknown): Comment | null {
  const { id, author, body, mentions, created_at, edited_at } = fields(value);
  const createdAt = Date.parse(text(created_at));
  if (typeof id !== "string" || typeof body !== "string" || Number.isNaN(createdAt)) return null;
  const { id: authorId, name, is_guest, guest_id, picture } = fields(author);
  return {
    id,
    body,
    author: {
      id: authorId === null || authorId === undefined ? null : String(authorId),
      name: text(name),
      isGuest: is_guest === true,
      guestId: text(guest_id),
      picture: pictureAddress(picture),
    },
    mentions: Array.isArray(mentions) ? mentions.map(String) : [],
    createdAt,
    isEdited: typeof edited_at === "string",
  };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
