/** Libraries on the server. */
import type { BoardConfig } from "../config";
import { ApiError, callApi } from "../page/boardApi";
import type { Change } from "./device";
import type { Item } from "./item";

export const MINE = "mine";

export interface LibraryInfo {
  /** `mine`, `everybody`, or the id of a space. */
  readonly id: string;
  readonly kind: "person" | "space" | "everybody";
  /** Of the space; empty for others. */
  readonly name: string;
  readonly canChange: boolean;
  readonly revision: number;
  readonly count: number;
}

/** Calls about libraries. They reject with `ApiError`, or with what `fetch` throws. */
export class LibraryServer {
  private readonly config: BoardConfig;

  constructor(config: BoardConfig) {
    this.config = config;
  }

  async list(): Promise<LibraryInfo[]> {
    const response = await callApi(this.config, "GET", "libraries");
    return infosOf(await response.json());
  }

  /** All items, and the state that they are; `null` when that is the state which is known. */
  async items(library: string, etag: string): Promise<[Map<string, Item>, string] | null> {
    const known: Record<string, string> = etag ? { "If-None-Match": etag } : {};
    const path = `libraries/${library}/items`;
    const response = await callApi(this.config, "GET", path, undefined, known);
    if (response.status === 304) return null;
    const { items } = (await response.json()) as { items: Item[] };
    return [new Map(items.map((one) => [one.id, one])), etagOf(response)];
  }

  /** Gives the state that the change made; `null` if the item is gone, with what was to be changed. */
  async send(library: string, id: string, change: Change): Promise<string | null> {
    const path = `libraries/${library}/items/${id}`;
    try {
      return etagOf(await this.call(path, change));
    } catch (error) {
      const isGone = error instanceof ApiError && error.status === 404 && change.kind === "fields";
      if (isGone) return null;
      throw error;
    }
  }

  /** Adds all items of a file, or none; gives how many there are. */
  async importFile(library: string, file: File, signal: AbortSignal): Promise<number> {
    const path = `libraries/${library}/import`;
    const response = await callApi(this.config, "POST", path, file, {}, signal);
    return Number(((await response.json()) as { created: unknown }).created);
  }

  private call(path: string, change: Change): Promise<Response> {
    if (change.kind === "delete") return callApi(this.config, "DELETE", path);
    if (change.kind === "fields") {
      const { kind: _, ...fields } = change;
      return callApi(this.config, "PATCH", path, fields);
    }
    const { id: _, ...item } = change.item;
    return callApi(this.config, "PUT", path, item);
  }
}

function etagOf(response: Response): string {
  return response.headers.get("ETag") ?? "";
}

/** Reads a list of libraries, from the server or from the device. */
export function infosOf(value: unknown): LibraryInfo[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: Record<string, unknown>) => ({
    id: String(one.id),
    kind: one.kind as LibraryInfo["kind"],
    name: String(one.name),
    canChange: (one.can_change ?? one.canChange) === true,
    revision: Number(one.revision),
    count: Number(one.items ?? one.count),
  }));
}

/** Whether a state is the next one after another of the same library, or the same. */
export function follows(etag: string, before: string): boolean {
  const [now, then] = [etag, before].map((one) => /^"(.*)\.(\d+)"$/.exec(one));
  if (!now || !then || now[1] !== then[1]) return false;
  const step = Number(now[2]) - Number(then[2]);
  return step === 0 || step === 1;
}
