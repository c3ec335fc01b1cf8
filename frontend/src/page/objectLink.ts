/**
 * Links to one object of a board, as the editor makes them: the board's address with `element=<id>`,
 * of an element or a group. The editor looks for it before anything is there and says that it is not
 * found; and it would reload the page for a click on such a link inside the board.
 */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { t } from "../i18n";
import { TOOL_MARGINS } from "./firstView";

const KEY = "element";
const TOAST_MS = 8000;

/** The object that the page's address names; the address no longer names it afterwards. */
export function takeLinkedObject(): string | null {
  return taken(KEY);
}

/** A value of the page's address, which no longer holds it afterwards. */
export function taken(key: string): string | null {
  const url = new URL(window.location.href);
  const id = url.searchParams.get(key);
  if (id === null) return null;
  url.searchParams.delete(key);
  window.history.replaceState(window.history.state, "", url);
  return id;
}

/** The object of the board on this page that a link leads to; `null` when it leads elsewhere. */
export function objectOnThisPage(link: string): string | null {
  try {
    const { origin, pathname, searchParams } = new URL(link, window.location.href);
    const isHere = origin === window.location.origin && pathname === window.location.pathname;
    return isHere ? searchParams.get(KEY) : null;
  } catch {
    return null;
  }
}

/** Brings an object into view and selects it; returns whether it is on the board. */
export function showObject(api: ExcalidrawImperativeAPI, id: string, animate = false): boolean {
  const elements = api.getSceneElements();
  const named = elements.find((element) => element.id === id);
  // Of a label, the shape that it stands in: the editor selects no label.
  const wanted = (named?.type === "text" && named.containerId) || id;
  const found = elements.filter(
    (element) => element.id === wanted || element.groupIds.includes(wanted),
  );
  if (found.length === 0) return false;
  api.scrollToContent(found, {
    fitToContent: true,
    maxZoom: 1,
    animate,
    canvasOffsets: TOOL_MARGINS,
  });
  const selectedElementIds = Object.fromEntries(found.map((one) => [one.id, true as const]));
  api.updateScene({ appState: { selectedElementIds } });
  return true;
}

/** What can be read on the board: texts, and the names of frames. */
export function textsOn(api: ExcalidrawImperativeAPI): { id: string; text: string }[] {
  return api.getSceneElements().flatMap((element) => {
    const text =
      element.type === "text"
        ? element.originalText
        : element.type === "frame" || element.type === "magicframe"
          ? element.name
          : null;
    return text ? [{ id: element.id, text }] : [];
  });
}

/** Says that a link leads to nothing. */
export function sayNoObject(api: ExcalidrawImperativeAPI): void {
  const message = t("What this link leads to is no longer on the board.");
  api.setToast({ message, closable: true, duration: TOAST_MS });
}
