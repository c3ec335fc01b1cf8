/** The comment addresses of REST. */

import type { BoardConfig } from "../config";
import { ApiError, callBoard } from "../page/boardApi";
import { pictureAddress } from "../pictures";
import type { CommentServer } from "./list";
import type { Person } from "./mentions";
import { decodeThread, encodeAnchor, type Thread } from "./thread";

const PAGE_SIZE = 200;

export function commentServer(config: BoardConfig): CommentServer {
  const call = async (method: "POST" | "PATCH", path: string, body: unknown): Promise<Thread> => {
    const thread = decodeThread(await callBoard(config, method, path, body));
    if (!thread) throw new Error("The answer is no thread.");
    return thread;
  };
  return {
    all: () => allThreads(config),
    begin: ({ id, anchor, body, guestName }) => {
      const place = anchor && encodeAnchor(anchor);
      return call("POST", "comments", { id, anchor: place, body, guest_name: guestName });
    },
    reply: (thread, { id, body, guestName }) =>
      call("POST", `comments/${thread}/replies`, { id, body, guest_name: guestName }),
    edit: (thread, comment, body) =>
      call("PATCH", `comments/${thread}/replies/${comment}`, { body }),
    remove: async (thread, comment) => {
      await callBoard(config, "DELETE", `comments/${thread}/replies/${comment}`);
    },
    resolve: (thread, isResolved, guestName) =>
      call("PATCH", `comments/${thread}`, { is_resolved: isResolved, guest_name: guestName }),
    refusal: (error) => (error instanceof ApiError && error.isFinal ? error.message : null),
  };
}

async function allThreads(config: BoardConfig): Promise<Thread[]> {
  const threads: Thread[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await callBoard(config, "GET", `comments?page_size=${PAGE_SIZE}&page=${page}`);
    const { results, next } = answer as { results: unknown[]; next: string | null };
    threads.push(...results.map(decodeThread).filter((thread) => thread !== null));
    if (next === null) return threads;
  }
}

/** Whom a comment can mention; empty for people who may not see the list. */
export async function peopleOf(config: BoardConfig): Promise<Person[]> {
  if (config.user.id === null) return [];
  try {
    const people = (await callBoard(config, "GET", "people")) as Person[];
    return people.map((one) => ({ ...one, picture: pictureAddress(one.picture) }));
  } catch {
    return [];
  }
}
