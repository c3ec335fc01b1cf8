/** Saves work that the server refuses as a file, so that it is never lost silently. */
import { restoreElements, serializeAsJSON } from "@excalidraw/excalidraw";
import { isTombstone } from "../canvas/decode";
import { toFile } from "../canvas/file";
import { type Groups, isDrawnType } from "../canvas/groups";
import { orderForDisplay } from "../canvas/order";
import { elementFrom } from "../canvas/standalone";
import { CommentStore } from "../comments/commentStore";
import { unsentText } from "../comments/unsent";
import { type BoardConfig, storageKey } from "../config";
import { t } from "../i18n";
import type { BoardSession } from "../sync/session";

type FileElements = Parameters<typeof serializeAsJSON>[0];

const MIME = "application/vnd.excalidraw+json";

/** How many changes and comments of this device the server has not got. */
export function unsavedCount(session: BoardSession, config: BoardConfig): number {
  const kept = new CommentStore(storageKey(config));
  return Math.max(session.status().changes, kept.outbox().length);
}

/**
 * Saves what the server has not got, as it is here: the elements as `<title>.excalidraw`, and what
 * was not sent of comments as a text beside it.
 */
export function downloadUnsaved(session: BoardSession, config: BoardConfig): void {
  const { title } = session.board();
  const elements = unsavedElements(session);
  if (elements.length > 0) {
    const background = session.doc.getMap("meta").get("viewBackgroundColor");
    const state = typeof background === "string" ? { viewBackgroundColor: background } : {};
    const drawing = serializeAsJSON(elements, state, session.images(), "local");
    download(drawing, `${fileName(title)}.excalidraw`);
  }
  const words = unsentText(new CommentStore(storageKey(config)), title);
  if (words !== null) {
    const name = t("{board} - comments", { board: fileName(title) });
    download(words, `${name}.txt`, "text/plain;charset=utf-8");
  }
}

/** Back to front, as a file has them. */
function unsavedElements(session: BoardSession): FileElements {
  const work = session.unsavedWork();
  const entries = [...work].map(([id, { index }]) => ({
    id,
    index: typeof index === "string" ? index : null,
  }));
  return orderForDisplay(entries).flatMap(({ id }) => {
    const groups = work.get(id);
    // What was deleted here is not work that anybody would miss.
    return groups && !isTombstone(groups.del) ? inFile(id, groups) : [];
  });
}

/** The element as a file has it: brought into the editor's form if the editor knows its type. */
function inFile(id: string, groups: Groups): FileElements {
  if (!elementFrom(id, groups)) return [];
  const element = [toFile(id, groups)] as unknown as FileElements;
  return isDrawnType(String(groups.type)) ? restoreElements(element, null) : element;
}

/** Lets the browser save a text; by default it is a drawing. */
export function download(text: string, name: string, type = MIME): void {
  downloadFile(new Blob([text], { type }), name);
}

/** Lets the browser save a file. */
export function downloadFile(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Removes characters that file systems refuse. */
export function fileName(title: string): string {
  return (
    title
      .replace(/[\\/:*?"<>|]+/g, " ")
      .replace(/\s+/g, " ")
      .trim() || "board"
  );
}
