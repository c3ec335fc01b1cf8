/** The version addresses of REST. */
import type { BoardConfig } from "../config";
import { callBoard } from "../page/boardApi";

export interface Version {
  readonly id: number;
  /** Empty for versions that were saved automatically. */
  readonly name: string;
  readonly author: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface VersionDrawing extends Version {
  readonly elements: readonly unknown[];
}

interface Raw {
  readonly id: number;
  readonly name: string;
  readonly author_name: string | null;
  readonly created_at: string;
}

/** Newest first. */
export async function listVersions(config: BoardConfig): Promise<Version[]> {
  return ((await callBoard(config, "GET", "versions")) as Raw[]).map(decoded);
}

export async function readVersion(config: BoardConfig, id: number): Promise<VersionDrawing> {
  const raw = (await callBoard(config, "GET", `versions/${id}`)) as Raw & { elements: unknown[] };
  return { ...decoded(raw), elements: raw.elements };
}

export async function saveVersion(config: BoardConfig, name: string): Promise<void> {
  await callBoard(config, "POST", "versions", { name });
}

export async function renameVersion(config: BoardConfig, id: number, name: string): Promise<void> {
  await callBoard(config, "PATCH", `versions/${id}`, { name });
}

export async function restoreVersion(config: BoardConfig, id: number): Promise<void> {
  await callBoard(config, "POST", `versions/${id}/restore`);
}

function decoded({ id, name, author_name, created_at }: Raw): Version {
  return { id, name, author: author_name, at: Date.parse(created_at) };
}
