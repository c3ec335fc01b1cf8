/** Work that the server does not take, as a file: it is never lost without a word. */
import { restoreElements, serializeAsJSON } from "@excalidraw/excalidraw";
import type { BinaryFiles } from "@excalidraw/excalidraw/types";
import { isTombstone } from "../canvas/decode";
import type { Json } from "../canvas/groups";
import { elementFrom } from "../canvas/standalone";
import { elementMap } from "../conflicts/record";
import type { BoardSession } from "../sync/session";

const MIME = "application/vnd.excalidraw+json";

/** Saves the elements that the server has not got, as they are here, as `<title>.excalidraw`. */
export function downloadUnsaved(session: BoardSession, title: string): void {
  const elements = session.unsavedElements().flatMap((id) => {
    const groups = elementMap(session.doc, id)?.toJSON() as Record<string, Json> | undefined;
    // What was deleted here is not work that anybody would miss.
    const element = groups && !isTombstone(groups.del) && elementFrom(id, groups);
    return element ? [element] : [];
  });
  const restored = restoreElements(
    elements as unknown as Parameters<typeof restoreElements>[0],
    null,
  );
  const text = serializeAsJSON(restored, {}, imagesOnThisPage(), "local");
  download(text, `${fileName(title)}.excalidraw`);
}

/** Lets the browser save a drawing. */
export function download(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: MIME }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function imagesOnThisPage(): BinaryFiles {
  return window.canvasBoard?.api.getFiles() ?? {};
}

/** Without what file systems do not take. */
export function fileName(title: string): string {
  return (
    title
      .replace(/[\\/:*?"<>|]+/g, " ")
      .replace(/\s+/g, " ")
      .trim() || "board"
  );
}
