/** Makes a board of each drawing, one after the other. */
import { t, tn } from "../i18n";
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
  /** Drawings of which the board has not everything, and what is missing. */
  readonly partial: Refusal[];
}

/** A property of an element that could not be taken, as the server names it. */
interface LeftOut {
  readonly element: number;
  readonly property: string;
}

interface Answer {
  readonly left_out?: readonly LeftOut[];
  readonly left_out_count?: number;
}

const TRIES = 5;
const LONGEST_WAIT_SECONDS = 120;
/** Of what is missing on one board. */
const MOST_NAMED = 5;

export async function sendDrawings(drawings: readonly Drawing[], sending: Sending): Promise<Sent> {
  const refused: Refusal[] = [];
  const partial: Refusal[] = [];
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
      const answer = await sendOne(drawing, folders, sending);
      if (!answer.ok) {
        refused.push({ path, why: await whyOf(answer) });
        continue;
      }
      made += 1;
      const why = missingOf((await answer.json()) as Answer);
      if (why) partial.push({ path, why });
    } catch (error) {
      refused.push({ path, why: wordsOf(error, sending.signal) });
    }
  }
  return { made, refused, partial };
}

function wordsOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return t("Cancelled.");
  if (error instanceof ZipError) return words(error.fault);
  return t("The server cannot be reached.");
}

/** The server's answer. */
async function sendOne(
  drawing: Drawing,
  folders: Folders | null,
  { place, csrf, signal }: Sending,
): Promise<Response> {
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
    if (answer.ok) return answer;
    // Only a limit of time says when to come back.
    const seconds = Number(answer.headers.get("Retry-After") ?? "0");
    if (!seconds || seconds > LONGEST_WAIT_SECONDS || tries === TRIES) return answer;
    await pause(seconds * 1000, signal);
  }
}

/** What the board has not of its file; null when it has everything. */
function missingOf({ left_out: told = [], left_out_count: n = 0 }: Answer): string | null {
  if (n === 0) return null;
  const named = told
    .slice(0, MOST_NAMED)
    .map(({ element, property }) => t("{property} of element {n}", { property, n: element }));
  const count = tn(n, "1 detail could not be taken", "{n} details could not be taken");
  if (named.length === 0) return `${count}.`;
  return `${count}: ${named.join(", ")}${n > named.length ? " …" : "."}`;
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
