/** What concerns a person, from the server. */
import { here } from "../prefix";

export interface Item {
  readonly id: number;
  /** A sentence in the reader's language. */
  readonly text: string;
  readonly excerpt: string;
  /** Where to go, on this site. */
  readonly url: string;
  /** The id of the board, or of the space. */
  readonly place: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly isRead: boolean;
  /** A request for access that may be answered here. */
  readonly request: { readonly id: number; readonly level: string } | null;
}

export interface News {
  readonly unread: number;
  readonly items: readonly Item[];
}

/** Calls of the bell. They reject when nobody answers, or the server refuses. */
export class NewsServer {
  private readonly csrf: () => string;

  /** `csrf` gives the token that is valid now. */
  constructor(csrf: () => string) {
    this.csrf = csrf;
  }

  async unread(): Promise<number> {
    return (await this.call("GET", "notifications?limit=0")).unread as number;
  }

  async news(): Promise<News> {
    const answer = await this.call("GET", "notifications?limit=30");
    const results = Array.isArray(answer.results) ? answer.results : [];
    return { unread: Number(answer.unread), items: results.map(itemOf) };
  }

  /** Marks these as read, or all; gives how many are left. */
  async read(ids?: readonly number[]): Promise<number> {
    return (await this.call("POST", "notifications/read", ids ? { ids } : {})).unread as number;
  }

  /** Answers a request for access: with a level, or with `null` for no. */
  async answer(item: Item, level: string | null): Promise<void> {
    const path = `boards/${item.place}/access-requests/${item.request?.id}`;
    await this.call("POST", path, { level });
  }

  private async call(
    method: "GET" | "POST",
    path: string,
    body?: unknown,
  ): Promise<Record<string, unknown>> {
    const response = await fetch(here(`/api/v1/${path}`), {
      method,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(method === "GET" ? {} : { "X-CSRFToken": this.csrf() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return (await response.json()) as Record<string, unknown>;
  }
}

function itemOf(value: unknown): Item {
  const one = value as Record<string, unknown>;
  return {
    id: Number(one.id),
    text: String(one.text),
    excerpt: String(one.excerpt),
    url: String(one.url),
    place: String(one.place),
    createdAt: Date.parse(String(one.created_at)),
    isRead: one.is_read === true,
    request: one.request as Item["request"],
  };
}
