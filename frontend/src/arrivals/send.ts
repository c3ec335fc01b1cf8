/** Makes a board of each drawing, one after the other. */
import { t } from "../i18n";
import { here } from "../prefix";
import { Folders, type Kept } from "./folders";
import type { Drawing, Refusal } from "./walk";
import { titleOf, words } from "./walk";
import { ZipError } from "./zip";

/** Where new boards come to: the space and the folder that the list shows. */
export interface Place {
  readonly space?: string | undefined;
  readonly folder?: string | undefined;
}

export interface Sending {
  readonly place: Place;
  readonly csrf: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, title: string) => void;
}

export interface Sent {
  readonly made: number;
  readonly refused: Refusal[];
}

const TRIES = 5;
const LONGEST_WAIT_SECONDS = 120;

export async function sendDrawings(drawings: readonly Drawing[], sending: Sending): Promise<Sent> {
  const refused: Refusal[] = [];
  const { space, folder } = sending.place;
  const folders = space ? new Folders(space, folder, sending.csrf, sending.signal) : null;
  let made = 0;
  for (const [done, drawing] of drawings.entries()) {
    const { path } = drawing;
    if (sending.signal.aborted) {
      refused.push({ path, why: t("Cancelled.") });
      continue;
    }
    sending.onProgress(done, drawing.name);
    try {
      const why = await sendOne(drawing, folders, sending);
      if (why === null) made += 1;
      else refused.push({ path, why });
    } catch (error) {
      refused.push({ path, why: wordsOf(error, sending.signal) });
    }
  }
  return { made, refused };
}

function wordsOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return t("Cancelled.");
  if (error instanceof ZipError) return words(error.fault);
  return t("The server cannot be reached.");
}

/** Null when there is a board of it, else why not. */
async function sendOne(
  drawing: Drawing,
  folders: Folders | null,
  { place, csrf, signal }: Sending,
): Promise<string | null> {
  const body = await drawing.read(signal);
  // Boards in no space are in no folder: their titles say where they were.
  const kept: Kept = folders
    ? await folders.at(drawing.folders)
    : { folder: undefined, rest: drawing.folders };
  const query = new URLSearchParams({ title: titleOf(kept.rest, drawing.name) });
  if (place.space) query.set("space", place.space);
  if (kept.folder) query.set("folder", kept.folder);
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(here(`/api/v1/boards/import?${query}`), {
      method: "POST",
      headers: { "Content-Type": typeOf(drawing.path), "X-CSRFToken": csrf },
      credentials: "same-origin",
      body,
      signal,
    });
    if (answer.ok) return null;
    // Only a limit of time says when to come back.
    const seconds = Number(answer.headers.get("Retry-After") ?? "0");
    if (!seconds || seconds > LONGEST_WAIT_SECONDS || tries === TRIES) return whyOf(answer);
    await pause(seconds * 1000, signal);
  }
}

/** The server takes the drawing out of a picture. */
function typeOf(path: string): string {
  if (/\.png$/i.test(path)) return "image/png";
  return /\.svg$/i.test(path) ? "image/svg+xml" : "application/json";
}

async function whyOf(answer: Response): Promise<string> {
  try {
    const problem = (await answer.json()) as { detail?: unknown };
    if (typeof problem.detail === "string") return problem.detail;
  } catch {
    // A proxy answered.
  }
  return t("The server answered {n}.", { n: answer.status });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
