/** A PDF of the board, which the server draws from what it has. */
import type { BoardConfig } from "../config";
import { fileOfBoard } from "../page/boardApi";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import type { StatusKind } from "../sync/status";
import { downloadFile } from "./unsavedExport";

/** Ids in one address; `sync/rendering/options.py` says the same. */
export const MAX_CHOSEN = 300;

export type PdfStep = "saving" | "drawing";

/** The board, these elements with what is in them, or each frame on its own page. */
export type PdfPart = "board" | "frames" | readonly string[];

interface PdfSource {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
}

const APART: readonly StatusKind[] = ["connecting", "reconnecting", "offline", "closed"];

/** Whether the server can't be asked, because this page is not connected to it. */
export function isApart(session: BoardSession): boolean {
  return APART.includes(session.status().kind);
}

/**
 * Downloads the PDF, once the server has everything that is on the page. Throws `ApiError` when
 * refused, and another error when the connection is lost or `signal` is aborted.
 */
export async function savePdf(
  { config, session, board }: PdfSource,
  part: PdfPart,
  name: string,
  onStep: (step: PdfStep) => void,
  signal: AbortSignal,
): Promise<void> {
  onStep("saving");
  board.flush();
  session.countUnsaved();
  await saved(session, signal);
  onStep("drawing");
  downloadFile(await fileOfBoard(config, "export.pdf", optionsOf(part), signal), name);
}

function optionsOf(part: PdfPart): Readonly<Record<string, string>> {
  if (part === "board") return {};
  return part === "frames" ? { pages: "frames" } : { elements: part.join(",") };
}

function saved(session: BoardSession, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const isOver = signal.aborted || isApart(session);
      if (!isOver && session.status().kind === "saving") return;
      stop();
      signal.removeEventListener("abort", look);
      if (isOver) reject(new Error("The server is not there, or the PDF not wanted any more."));
      else resolve();
    };
    const stop = session.subscribe(look);
    signal.addEventListener("abort", look);
    look();
  });
}
