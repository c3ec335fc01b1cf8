/** The list of comments, in step with the server as long as the page is open. */
import { useEffect, useState } from "react";
import { type BoardConfig, storageKey } from "../config";
import { MissedChanges } from "../sync/missedChanges";
import type { BoardSession } from "../sync/session";
import type { Writer } from "./Composer";
import { CommentStore } from "./commentStore";
import { CommentList } from "./list";
import type { Person } from "./mentions";
import { commentServer, peopleOf } from "./server";
import { decodeThread, type Thread } from "./thread";

const CACHE = "comments";
const KEEP_DELAY_MS = 1000;
const RETRY_MS = 20_000;

/** The list of this board, kept in step with the server as long as the page is open. */
export function useComments(config: BoardConfig, session: BoardSession) {
  const [made] = useState(() => makeList(config, session));
  useEffect(() => {
    const { list } = made;
    void showKept(list, session);
    void list.refresh();
    const changes = new MissedChanges("comments");
    const stop = session.onEvent(async (event) => {
      if (event.type === "comment") take(list, event.comment, event.isDeleted);
      // It comes first on every connection: events that were missed have to be fetched.
      const missed = changes.missed(event);
      if (missed && (await list.refresh())) changes.asked(missed.number);
      else if (event.type === "access") void list.send();
    });
    window.addEventListener("online", list.send);
    const timer = setInterval(list.send, RETRY_MS);
    return () => {
      stop();
      window.removeEventListener("online", list.send);
      clearInterval(timer);
    };
  }, [made, session]);
  return made;
}

function makeList(config: BoardConfig, session: BoardSession) {
  const kept = new CommentStore(storageKey(config));
  const list = new CommentList({
    server: commentServer(config),
    kept,
    me: config.user,
    now: Date.now,
    keepThreads: keeper(session),
    onWaiting: (count) => session.setPendingComments(count),
  });
  let people: Promise<readonly Person[]> | null = null;
  const writer: Writer = {
    isGuest: config.user.id === null,
    kept,
    people: () => {
      people ??= peopleOf(config);
      return people;
    },
  };
  return { list, writer };
}

function take(list: CommentList, value: unknown, isDeleted: boolean): void {
  const { id } = value as { id?: unknown };
  const thread = isDeleted ? null : decodeThread(value);
  if (typeof id === "string" && (isDeleted || thread)) list.take(id, thread);
}

/** Stores the server's threads next to the offline copy, a moment after the last change. */
function keeper(session: BoardSession): (threads: readonly Thread[]) => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return (threads) => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(async () => (await session.offline)?.write(CACHE, threads), KEEP_DELAY_MS);
  };
}

async function showKept(list: CommentList, session: BoardSession): Promise<void> {
  const threads = await (await session.offline)?.read(CACHE);
  // Written by this program, and never by anybody else.
  if (Array.isArray(threads)) list.showKept(threads as Thread[]);
}
