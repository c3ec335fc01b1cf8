/**
 * The comments of a board as this page knows them: what the server has, and what waits to be sent.
 * React-free; `subscribe` and `snapshot` are in the form that it takes.
 */
import type { Draft, Kept, Outgoing, Seen } from "./kept";
import type { Anchor, Comment, Thread } from "./thread";

/** What the list asks of the server. Each throws when refused, and when nobody answers. */
export interface CommentServer {
  all(): Promise<Thread[]>;
  begin(one: Outgoing): Promise<Thread>;
  reply(thread: string, one: Outgoing): Promise<Thread>;
  edit(thread: string, comment: string, body: string): Promise<Thread>;
  remove(thread: string, comment: string): Promise<void>;
  resolve(thread: string, isResolved: boolean, guestName: string): Promise<Thread>;
  /** What to tell a person when the error is an answer that will not change; `null` when not. */
  refusal(error: unknown): string | null;
}

/** A thread as it is shown: with this person's part in it. */
export interface ShownThread extends Thread {
  /** Its beginning waits to be sent: only this device knows it. */
  readonly isLocal: boolean;
  /** Comments that wait to be sent, after those that were. */
  readonly outgoing: readonly Outgoing[];
  readonly isUnread: boolean;
  readonly mentionsMe: boolean;
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
  readonly kept: Kept;
  readonly me: { readonly id: string | null; readonly name: string; readonly username: string };
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
  private readonly listeners = new Set<() => void>();
  private outbox: Outgoing[];
  private seen: Seen;
  private state: CommentState;
  private isLoaded = false;
  private isWaiting = false;
  private isSending = false;
  /** Of each fetch of the whole list the threads about which an event came meanwhile. */
  private readonly fetches = new Set<Set<string>>();

  constructor(options: ListOptions) {
    this.options = options;
    this.outbox = options.kept.outbox();
    this.seen = options.kept.seen(options.now());
    this.state = this.describe();
    options.kept.onOtherTab(() => {
      this.outbox = options.kept.outbox();
      this.seen = options.kept.seen(options.now());
      this.changed();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

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

  /** Fetches everything anew, and sends what waits; whether everything was fetched. */
  async refresh(): Promise<boolean> {
    const isFetched = await this.fetch();
    await this.send();
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
    const { kept, now } = this.options;
    const outgoing: Outgoing = {
      id: crypto.randomUUID(),
      thread: "thread" in to ? to.thread : null,
      anchor: "anchor" in to ? to.anchor : null,
      body,
      guestName: kept.guestName,
      at: now(),
      problem: null,
    };
    this.outbox.push(outgoing);
    kept.put(outgoing);
    this.reportWaiting();
    this.changed();
    void this.send();
    return outgoing.id;
  }

  /** Sends again what was refused, or with `null` gives it up. */
  settle(id: string, body: string | null): void {
    const outgoing = this.outbox.find((one) => one.id === id);
    if (!outgoing) return;
    if (body === null) {
      const isGone = (one: Outgoing) => one.id === id || one.thread === id;
      for (const one of this.outbox.filter(isGone)) this.options.kept.drop(one.id);
      this.outbox = this.outbox.filter((one) => !isGone(one));
    } else
      this.replace({ ...outgoing, body, guestName: this.options.kept.guestName, problem: null });
    this.reportWaiting();
    this.changed();
    if (body !== null) void this.send();
  }

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
    const { me, kept } = this.options;
    if (me.id !== null) return comment.author.id === me.id;
    return comment.author.guestId !== "" && comment.author.guestId === kept.guestId;
  }

  markSeen(thread: Thread): void {
    const newest = thread.comments.at(-1)?.createdAt ?? 0;
    if ((this.seen.threads[thread.id] ?? 0) >= newest) return;
    this.seen = { ...this.seen, threads: { ...this.seen.threads, [thread.id]: newest } };
    this.options.kept.putSeen(this.seen);
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

  /** Sends what waits, oldest first; stops when nobody answers. */
  readonly send = async (): Promise<void> => {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let one = this.next(); one; one = this.next()) await this.sendOne(one);
      this.isWaiting = false;
    } catch {
      this.isWaiting = true;
    } finally {
      this.isSending = false;
      this.reportWaiting();
      this.changed();
    }
  };

  /** The oldest that can be sent: an answer to a thread that has no id yet can not. */
  private next(): Outgoing | undefined {
    return this.outbox.find((one) => one.problem === null && !this.isUnsent(one.thread));
  }

  private isUnsent(thread: string | null): boolean {
    return this.outbox.some((one) => one.id === thread);
  }

  private async sendOne(one: Outgoing): Promise<void> {
    const { server, kept } = this.options;
    try {
      const thread =
        one.thread === null ? await server.begin(one) : await server.reply(one.thread, one);
      this.noteGuest(thread, one.id);
      this.outbox = this.outbox.filter(({ id }) => id !== one.id);
      kept.drop(one.id);
      for (const answer of this.outbox.filter((other) => other.thread === one.id)) {
        this.replace({ ...answer, thread: thread.id });
      }
      this.seenAlready(thread);
      this.take(thread.id, thread);
    } catch (error) {
      const problem = server.refusal(error);
      if (problem === null) throw error;
      this.replace({ ...one, problem });
    }
  }

  private replace(outgoing: Outgoing): void {
    this.outbox = this.outbox.map((one) => (one.id === outgoing.id ? outgoing : one));
    this.options.kept.put(outgoing);
  }

  private noteGuest(thread: Thread, comment: string): void {
    const own = thread.comments.find(({ id }) => id === comment);
    if (own?.author.guestId) this.options.kept.guestId = own.author.guestId;
  }

  /** Who answers has read what is above. */
  private seenAlready(thread: Thread): void {
    const newest = thread.comments.at(-1)?.createdAt ?? 0;
    this.seen = { ...this.seen, threads: { ...this.seen.threads, [thread.id]: newest } };
    this.options.kept.putSeen(this.seen);
  }

  private reportWaiting(): void {
    this.options.onWaiting(this.outbox.length);
  }

  private changed(): void {
    this.state = this.describe();
    if (this.isLoaded) this.options.keepThreads([...this.threads.values()]);
    for (const listener of this.listeners) listener();
  }

  private describe(): CommentState {
    const threads = [...this.threads.values()].map((thread) => this.shown(thread, false));
    for (const one of this.outbox) {
      if (one.thread === null && one.anchor && !this.isKnown(one.id)) {
        threads.push(this.shown(this.localThread(one, one.anchor), true));
      }
    }
    threads.sort((a, b) => timeOf(a) - timeOf(b));
    const unread = threads.filter(({ isUnread }) => isUnread).length;
    const { isLoaded, isWaiting } = this;
    return { threads, unread, isLoaded, isWaiting };
  }

  /** The event about a new comment may come before the answer to its request. */
  private isKnown(comment: string): boolean {
    for (const { comments } of this.threads.values()) {
      if (comments.some(({ id }) => id === comment)) return true;
    }
    return false;
  }

  private shown(thread: Thread, isLocal: boolean): ShownThread {
    const { me } = this.options;
    const outgoing = this.outbox.filter(
      ({ id, thread: target }) =>
        (target === thread.id || (isLocal && id === thread.id)) &&
        (isLocal || !thread.comments.some((comment) => comment.id === id)),
    );
    const mentionsMe =
      me.username !== "" && thread.comments.some(({ mentions }) => mentions.includes(me.username));
    return {
      ...thread,
      isLocal,
      outgoing,
      mentionsMe,
      isUnread: !isLocal && this.isUnread(thread),
    };
  }

  /** A mention counts also when it was written before this person first came. */
  private isUnread({ id, comments, isResolved }: Thread): boolean {
    const { me } = this.options;
    const seen = this.seen.threads[id];
    return comments.some((comment) => {
      if (this.isMine(comment)) return false;
      const isForMe = me.username !== "" && comment.mentions.includes(me.username) && !isResolved;
      return comment.createdAt > (seen ?? (isForMe ? 0 : this.seen.since));
    });
  }

  private localThread(one: Outgoing, anchor: Anchor): Thread {
    const { me, kept } = this.options;
    const isGuest = me.id === null;
    const name = isGuest ? one.guestName : me.name;
    const author = { id: me.id, name, isGuest, guestId: isGuest ? kept.guestId : "" };
    const { id, body, at: createdAt } = one;
    const comment: Comment = { id, author, body, mentions: [], createdAt, isEdited: false };
    return { id, anchor, isResolved: false, resolvedBy: "", comments: [comment] };
  }
}

function timeOf(thread: Thread): number {
  return thread.comments[0]?.createdAt ?? 0;
}
