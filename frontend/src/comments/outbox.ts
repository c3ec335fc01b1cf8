/** Comments that wait to be sent. Each is kept on the device until the server has it. */
import type { CommentStore, Outgoing } from "./commentStore";
import type { Anchor, Thread } from "./thread";

/** What sending asks of the server. Each throws when refused, and when nobody answers. */
export interface CommentSender {
  begin(one: Outgoing): Promise<Thread>;
  reply(thread: string, one: Outgoing): Promise<Thread>;
  /** What to tell a person when the error is an answer that will not change; `null` when not. */
  refusal(error: unknown): string | null;
}

export interface OutboxOptions {
  readonly server: CommentSender;
  readonly kept: CommentStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called when what waits has changed, or whether anybody answers. */
  readonly onChanged: () => void;
  /** Called with the thread in which a comment was written. */
  readonly onSent: (thread: Thread) => void;
}

export class Outbox {
  private readonly options: OutboxOptions;
  private entries: readonly Outgoing[];
  private isSending = false;
  private hasFailed = false;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.entries = options.kept.outbox();
  }

  /** What waits, the oldest first. */
  get waiting(): readonly Outgoing[] {
    return this.entries;
  }

  /** Whether the last attempt to send found nobody. */
  get isStuck(): boolean {
    return this.hasFailed;
  }

  /** Reads again what is kept: another tab has changed it. */
  reload(): void {
    this.entries = this.options.kept.outbox();
  }

  /** Writes a comment; returns its id. */
  write(to: { readonly thread: string } | { readonly anchor: Anchor }, body: string): string {
    const { kept, now, onChanged } = this.options;
    const outgoing: Outgoing = {
      id: crypto.randomUUID(),
      thread: "thread" in to ? to.thread : null,
      anchor: "anchor" in to ? to.anchor : null,
      body,
      guestName: kept.guestName,
      at: now(),
      problem: null,
    };
    this.entries = [...this.entries, outgoing];
    kept.put(outgoing);
    onChanged();
    void this.send();
    return outgoing.id;
  }

  /** Sends again what was refused, or with `null` gives it up. */
  settle(id: string, body: string | null): void {
    const outgoing = this.entries.find((one) => one.id === id);
    if (!outgoing) return;
    const { kept, onChanged } = this.options;
    if (body === null) this.giveUp(id);
    else this.replace({ ...outgoing, body, guestName: kept.guestName, problem: null });
    onChanged();
    if (body !== null) void this.send();
  }

  /** Sends what waits, oldest first; stops when nobody answers. */
  readonly send = async (): Promise<void> => {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let one = this.next(); one; one = this.next()) await this.sendOne(one);
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    } finally {
      this.isSending = false;
      this.options.onChanged();
    }
  };

  /** Gives up a comment, and with the beginning of a thread the answers to it. */
  private giveUp(id: string): void {
    const isGone = (one: Outgoing) => one.id === id || one.thread === id;
    for (const one of this.entries.filter(isGone)) this.options.kept.drop(one.id);
    this.entries = this.entries.filter((one) => !isGone(one));
  }

  /** The oldest that can be sent: a reply to a thread that has no id yet has to wait. */
  private next(): Outgoing | undefined {
    const isUnsent = (thread: string | null) => this.entries.some(({ id }) => id === thread);
    return this.entries.find((one) => one.problem === null && !isUnsent(one.thread));
  }

  private async sendOne(one: Outgoing): Promise<void> {
    const { server, kept, onSent } = this.options;
    try {
      const thread =
        one.thread === null ? await server.begin(one) : await server.reply(one.thread, one);
      this.noteGuest(thread, one.id);
      this.entries = this.entries.filter(({ id }) => id !== one.id);
      kept.drop(one.id);
      for (const answer of this.entries.filter((other) => other.thread === one.id)) {
        this.replace({ ...answer, thread: thread.id });
      }
      onSent(thread);
    } catch (error) {
      const problem = server.refusal(error);
      if (problem === null) throw error;
      this.replace({ ...one, problem });
    }
  }

  private replace(outgoing: Outgoing): void {
    this.entries = this.entries.map((one) => (one.id === outgoing.id ? outgoing : one));
    this.options.kept.put(outgoing);
  }

  private noteGuest(thread: Thread, comment: string): void {
    const own = thread.comments.find(({ id }) => id === comment);
    if (own?.author.guestId) this.options.kept.guestId = own.author.guestId;
  }
}
