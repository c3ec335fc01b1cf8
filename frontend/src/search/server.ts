/** What the server finds. */
import { here } from "../prefix";

export interface Part {
  readonly text: string;
  readonly is_match: boolean;
}

interface Place {
  readonly id: string;
  readonly title: string;
}

export interface Found {
  readonly boards: readonly (Place & { readonly owner: string; readonly parts: Part[] })[];
  readonly texts: readonly { readonly board: Place; readonly element: string; excerpt: Part[] }[];
  readonly comments: readonly {
    readonly board: Place;
    readonly thread: string;
    readonly author: string;
    readonly excerpt: Part[];
  }[];
  readonly people: readonly { readonly username: string; readonly name: string }[];
}

export async function findAll(q: string, board: string | undefined, signal: AbortSignal) {
  const query = new URLSearchParams({ q, limit: "8", ...(board ? { board } : {}) });
  return (await ask(here(`/api/v1/search?${query}`), signal)) as Found;
}

/** The boards that were active last. */
export async function recentBoards(signal: AbortSignal) {
  const answer = (await ask(here("/api/v1/boards"), signal)) as {
    results: readonly (Place & { readonly owner: string })[];
  };
  return answer.results.slice(0, 8);
}

async function ask(address: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(address, {
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    signal,
  });
  if (!response.ok) throw new Error(`The search answered ${response.status}.`);
  return response.json();
}
