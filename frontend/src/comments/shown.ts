/** Threads as this person sees them: with what waits to be sent, and what they have not read. Pure. */
import type { Outgoing, Seen } from "./commentStore";
import type { Anchor, Comment, Thread } from "./thread";

/** A thread as it is shown: with this person's part in it. */
export interface ShownThread extends Thread {
  /** Its beginning waits to be sent: only this device knows it. */
  readonly isLocal: boolean;
  /** Comments that wait to be sent, after those that were. */
  readonly outgoing: readonly Outgoing[];
  readonly isUnread: boolean;
  readonly mentionsMe: boolean;
}

/** Who reads: an account, or a guest (`id` is `null`) whose own comments carry `guestId`. */
export interface Reader {
  readonly id: string | null;
  readonly name: string;
  /** What mentions are written with; empty for guests. */
  readonly username: string;
  readonly guestId: string;
  readonly picture: string;
}

/** All threads, the oldest first; those that begin with a comment in `outbox` among them. */
export function shownThreads(
  threads: readonly Thread[],
  outbox: readonly Outgoing[],
  seen: Seen,
  reader: Reader,
): ShownThread[] {
  const known = new Set(threads.flatMap(({ comments }) => comments.map(({ id }) => id)));
  const shown = threads.map((thread) => withOwnPart(thread, outbox, seen, reader));
  for (const one of outbox) {
    // The event about a new comment may come before the answer to its request.
    if (one.thread !== null || one.anchor === null || known.has(one.id)) continue;
    shown.push(localThread(one, one.anchor, outbox, reader));
  }
  return shown.sort((a, b) => timeOf(a) - timeOf(b));
}

/** Whether this person wrote it. */
export function isWrittenBy({ id, guestId }: Reader, { author }: Comment): boolean {
  if (id !== null) return author.id === id;
  return author.guestId !== "" && author.guestId === guestId;
}

function withOwnPart(
  thread: Thread,
  outbox: readonly Outgoing[],
  seen: Seen,
  reader: Reader,
): ShownThread {
  const isHere = ({ id }: Outgoing) => thread.comments.some((comment) => comment.id === id);
  return {
    ...thread,
    isLocal: false,
    outgoing: outbox.filter((one) => one.thread === thread.id && !isHere(one)),
    mentionsMe: thread.comments.some((comment) => isMentioned(reader, comment)),
    isUnread: isUnread(thread, seen, reader),
  };
}

/** A mention counts also when it was written before this person first came. */
function isUnread({ id, comments, isResolved }: Thread, seen: Seen, reader: Reader): boolean {
  return comments.some((comment) => {
    if (isWrittenBy(reader, comment)) return false;
    const isForMe = isMentioned(reader, comment) && !isResolved;
    return comment.createdAt > (seen.threads[id] ?? (isForMe ? 0 : seen.since));
  });
}

function isMentioned({ username }: Reader, { mentions }: Comment): boolean {
  return username !== "" && mentions.includes(username);
}

/** A thread that begins with a comment on its way; answers to it wait as well. */
function localThread(
  one: Outgoing,
  anchor: Anchor,
  outbox: readonly Outgoing[],
  reader: Reader,
): ShownThread {
  const isGuest = reader.id === null;
  const name = isGuest ? one.guestName : reader.name;
  const author = {
    id: reader.id,
    name,
    isGuest,
    guestId: isGuest ? reader.guestId : "",
    picture: reader.picture,
  };
  const { id, body, at: createdAt } = one;
  return {
    id,
    anchor,
    isResolved: false,
    resolvedBy: "",
    comments: [{ id, author, body, mentions: [], createdAt, isEdited: false }],
    isLocal: true,
    outgoing: outbox.filter((other) => other.thread === id || other.id === id),
    isUnread: false,
    mentionsMe: false,
  };
}

function timeOf(thread: Thread): number {
  return thread.comments[0]?.createdAt ?? 0;
}
