/**
 * The comments of a board as this page knows them: what the server has, and what waits to be sent.
 * React-free; `subscribe` and `snapshot` are in the form that it takes.
 */

import { Listeners } from "../listeners";
import type { CommentStore, Draft, Seen } from "./commentStore";
import { type CommentSender, Outbox } from "./outbox";
import { isWrittenBy, type Reader, type ShownThread, shownThreads } from "./shown";
import type { Anchor, Comment, Thread } from "./thread";

/** What the list asks of the server. Each throws when refused, and when nobody answers. */
export interface CommentServer extends CommentSender {
  all(): Promise<Thread[]>;
  edit(thread: string, comment: string, body: string): Promise<Thread>;
  remove(thread: string, comment: string): Promise<void>;
  resolve(thread: string, isResolved: boolean, guestName: string): Promise<Thread>;
}

export interface CommentState {
  readonly threads: readonly ShownThread[];
  readonly unread: number;
  /** Whether the server has answered once since the page was opened. */
  readonly isLoaded: boolean;
  /** The last attempt to send found nobody. */
  readonly isWaiting: boolean;
}

export interface ListOptions {
  readonly server: CommentServer;
  readonly kept: CommentStore;
  readonly me: Omit<Reader, "guestId">;
  readonly now: () => number;
  /** Called with threads that should be kept for when there is no network. */
  readonly keepThreads: (threads: readonly Thread[]) => void;
  /** Called with how many comments wait to be sent. */
  readonly onWaiting: (count: number) => void;
}

export const NEW_DRAFT = "new";

export class CommentList {
  private readonly options: ListOptions;
  private readonly threads = new Map<string, Thread>();
  private readonly listeners = new Listeners();
  private readonly outbox: Outbox;
  private seen: Seen;
  private state: CommentState;
  private isLoaded = false;
  /** Of each fetch of the whole list the threads about which an event came meanwhile. */
  private readonly fetches = new Set<Set<string>>();

  constructor(options: ListOptions) {
    const { server, kept, now, onWaiting } = options;
    this.options = options;
    this.outbox = new Outbox({
      server,
      kept,
      now,
      onChanged: () => {
        onWaiting(this.outbox.waiting.length);
        this.changed();
      },
      onSent: (thread) => {
        // A person who replies has read the thread.
        this.noteSeen(thread);
        this.take(thread.id, thread);
      },
    });
    this.seen = kept.seen(now());
    this.state = this.describe();
    kept.onOtherTab(() => {
      this.outbox.reload();
      this.seen = kept.seen(now());
      this.changed();
    });
  }

  readonly subscribe = this.listeners.add;

  /** The same object as long as nothing changed. */
  readonly snapshot = (): CommentState => this.state;

  /** A thread by its id, or by that of a comment in it: one that is sent gets another id. */
  find(id: string): ShownThread | null {
    const has = (thread: ShownThread) =>
      thread.id === id || thread.comments.some((comment) => comment.id === id);
    return this.state.threads.find(has) ?? null;
  }

  /** Shows what was kept from the last visit, until the server has answered. */
  showKept(threads: readonly Thread[]): void {
    if (this.isLoaded) return;
    for (const thread of threads) this.threads.set(thread.id, thread);
    this.changed();
  }

  /** Fetches everything again, and sends what waits; whether everything was fetched. */
  async refresh(): Promise<boolean> {
    const isFetched = await this.fetch();
    await this.outbox.send();
    return isFetched;
  }

  private async fetch(): Promise<boolean> {
    const touched = new Set<string>();
    this.fetches.add(touched);
    try {
      const threads = await this.options.server.all();
      const current = new Map(threads.map((thread) => [thread.id, thread]));
      for (const id of [...this.threads.keys()]) {
        if (!current.has(id) && !touched.has(id)) this.threads.delete(id);
      }
      for (const [id, thread] of current) if (!touched.has(id)) this.threads.set(id, thread);
      this.isLoaded = true;
      this.changed();
      return true;
    } catch {
      // What is known stays; the next connection asks again.
      return false;
    } finally {
      this.fetches.delete(touched);
    }
  }

  /** Takes an event: `thread` is `null` when it was deleted. */
  take(id: string, thread: Thread | null): void {
    for (const touched of this.fetches) touched.add(id);
    if (thread) this.threads.set(id, thread);
    else this.threads.delete(id);
    this.changed();
  }

  /** Writes a comment; it is kept until the server has it. Returns its id. */
  write(to: { readonly thread: string } | { readonly anchor: Anchor }, body: string): string {
    return this.outbox.write(to, body);
  }

  /** Sends again what was refused, or with `null` gives it up. */
  settle(id: string, body: string | null): void {
    this.outbox.settle(id, body);
  }

  /** Sends what waits. */
  readonly send = (): Promise<void> => this.outbox.send();

  /** Throws what the server says, and when nobody answers. */
  async edit(thread: string, comment: string, body: string): Promise<void> {
    const edited = await this.options.server.edit(thread, comment, body);
    this.take(edited.id, edited);
  }

  async remove(thread: string, comment: string): Promise<void> {
    await this.options.server.remove(thread, comment);
    const known = this.threads.get(thread);
    const comments = known?.comments.filter((one) => one.id !== comment) ?? [];
    this.take(thread, known && comments.length > 0 ? { ...known, comments } : null);
  }

  async resolve(thread: string, isResolved: boolean): Promise<void> {
    const guestName = this.options.kept.guestName;
    const resolved = await this.options.server.resolve(thread, isResolved, guestName);
    this.take(resolved.id, resolved);
  }

  /** Whether this person wrote it. */
  isMine(comment: Comment): boolean {
    return isWrittenBy(this.reader, comment);
  }

  markSeen(thread: Thread): void {
    if ((this.seen.threads[thread.id] ?? 0) >= newestIn(thread)) return;
    this.noteSeen(thread);
    this.changed();
  }

  /** What was typed and not sent. */
  draft(target: string): Draft | null {
    return this.options.kept.drafts().get(target) ?? null;
  }

  setDraft(target: string, draft: Draft | null): void {
    this.options.kept.putDraft(target, draft?.body.trim() ? draft : null);
    this.changed();
  }

  private get reader(): Reader {
    const { me, kept } = this.options;
    return { ...me, guestId: kept.guestId };
  }

  private noteSeen(thread: Thread): void {
    const newest = newestIn(thread);
    this.seen = { ...this.seen, threads: { ...this.seen.threads, [thread.id]: newest } };
    this.options.kept.putSeen(this.seen);
  }

  private changed(): void {
    this.state = this.describe();
    if (this.isLoaded) this.options.keepThreads([...this.threads.values()]);
    this.listeners.call();
  }

  private describe(): CommentState {
    const { waiting, isStuck } = this.outbox;
    const threads = shownThreads([...this.threads.values()], waiting, this.seen, this.reader);
    const unread = threads.filter(({ isUnread }) => isUnread).length;
    return { threads, unread, isLoaded: this.isLoaded, isWaiting: isStuck };
  }
}

function newestIn({ comments }: Thread): number {
  return comments.at(-1)?.createdAt ?? 0;
}
