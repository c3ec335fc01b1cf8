/** Finds the drawings in what was dropped or chosen: files, folders and zips. */
import { t } from "../i18n";
import {
  MAX_DEPTH,
  MAX_DRAWING_BYTES,
  MAX_DRAWING_MEGABYTES,
  MAX_DRAWINGS,
  MAX_FILES,
  MAX_RATIO,
  MAX_TOTAL_BYTES,
  MAX_TOTAL_MEGABYTES,
} from "./limits";
import { type Fault, filesOf, ZipError } from "./zip";

/** A file with its place below what was chosen, as `team/plan.excalidraw`. */
export interface Arrival {
  readonly path: string;
  readonly file: Blob;
}

export interface Drawing {
  readonly path: string;
  /** Its name without the ending. */
  readonly name: string;
  /** Those it was in, the outermost first. */
  readonly folders: readonly string[];
  /** Rejects with a `ZipError`. */
  read(signal?: AbortSignal): Promise<Blob>;
}

export interface Refusal {
  readonly path: string;
  readonly why: string;
}

export interface Found {
  readonly drawings: readonly Drawing[];
  readonly refused: readonly Refusal[];
}

const TITLE_LENGTH = 200;
const ENDING = /\.excalidraw(\.json|\.png|\.svg)?$/i;
const ZIP = /\.zip$/i;
/** What systems add to folders and zips by themselves. */
const OWN_OF_SYSTEMS = /(^|\/)(__MACOSX|\.DS_Store|Thumbs\.db|desktop\.ini)(\/|$)/;

export async function findDrawings(arrivals: readonly Arrival[]): Promise<Found> {
  const drawings: Drawing[] = [];
  const refused: Refusal[] = [];
  let [files, total] = [0, 0];
  const look = (path: string, size: number, read: Drawing["read"]) => {
    const why = whyNot(path, size);
    if (why !== null) refused.push({ path, why });
    else if (drawings.length >= MAX_DRAWINGS) {
      const n = MAX_DRAWINGS;
      refused.push({ path, why: t("More than {n} drawings at once. Bring it later.", { n }) });
    } else if (total + size > MAX_TOTAL_BYTES) {
      const n = MAX_TOTAL_MEGABYTES;
      refused.push({ path, why: t("More than {n} MB at once. Bring it later.", { n }) });
    } else {
      total += size;
      const [folders, name] = partsOf(path);
      drawings.push({ path, name, folders, read });
    }
  };
  for (const { path, file } of arrivals) {
    if (OWN_OF_SYSTEMS.test(path)) continue;
    files += 1;
    if (files > MAX_FILES) {
      refused.push({ path, why: words("many") });
      break;
    }
    if (!ZIP.test(path)) {
      look(path, file.size, () => Promise.resolve(file));
      continue;
    }
    try {
      for (const one of await filesOf(file)) {
        if (OWN_OF_SYSTEMS.test(one.path)) continue;
        files += 1;
        if (files > MAX_FILES) throw new ZipError("many");
        const inside = `${path.replace(ZIP, "")}/${one.path}`;
        if (ZIP.test(one.path)) {
          refused.push({ path: inside, why: t("A zip inside a zip is not opened.") });
        } else look(inside, one.size, (signal) => one.read(MAX_DRAWING_BYTES, signal));
      }
    } catch (error) {
      refused.push({ path, why: words(error instanceof ZipError ? error.fault : "damaged") });
    }
  }
  return { drawings, refused };
}

function whyNot(path: string, size: number): string | null {
  const parts = path.split(/[/\\]/);
  if (parts.includes("..") || path.startsWith("/") || path.includes("\0")) {
    return t("Its path leads out of the zip.");
  }
  if (parts.length > MAX_DEPTH) return t("It is in more than {n} folders.", { n: MAX_DEPTH });
  if (!ENDING.test(path)) return t("It is no .excalidraw file.");
  return size > MAX_DRAWING_BYTES ? words("large") : null;
}

/** What is wrong with a zip or with a file in it. */
export function words(fault: Fault): string {
  switch (fault) {
    case "encrypted":
      return t("It is protected by a password.");
    case "many":
      return t("More than {n} files at once. Divide them.", { n: MAX_FILES });
    case "ratio":
      return t("Unpacked, it is more than {n} times as large.", { n: MAX_RATIO });
    case "large":
      return t("It is larger than {n} MB.", { n: MAX_DRAWING_MEGABYTES });
    case "damaged":
      return t("It is damaged.");
  }
}

/** The folders of a path, and the name of the file without its ending. */
export function partsOf(path: string): [string[], string] {
  const folders = path.split(/[/\\]/);
  const name = plain((folders.pop() ?? "").replace(ENDING, ""));
  const named = folders.map(plain).filter((part) => part !== "" && part !== ".");
  return [named, name || t("Untitled")];
}

/** Names and titles have no control characters. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f]/g, " ").trim();
}

/** The end of a long path: that is where the name is. */
export function titleOf(folders: readonly string[], name: string): string {
  const title = [...folders, name].join(" / ");
  return [...title].slice(-TITLE_LENGTH).join("").trim();
}
