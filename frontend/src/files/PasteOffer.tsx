/** What else can be made of text that was pasted: notes, or a diagram. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { t } from "../i18n";
import { isForCanvas } from "../keys/layers";
import { looksLikeMermaid } from "../mermaid/limits";
import { noteColour } from "../notes/colour";
import { linesOf, MAX_CHARACTERS, MAX_NOTES } from "../notes/grid";
import { isDrawing, pasteNotes } from "../notes/paste";
import { isToolOn } from "../notes/tool";
import { CloseButton } from "../page/buttons";
import type { JoinedBoard } from "../page/useBoard";
import type { BoardSession } from "../sync/session";
import { Refused } from "./refused";

const TOAST_MS = 8000;

interface Offer {
  readonly text: string;
  readonly isDiagram: boolean;
  /** How many notes it would make. */
  readonly lines: number;
  /** What was there before it was pasted. */
  readonly before: ReadonlySet<string>;
}

interface PasteOfferProps {
  readonly session: BoardSession;
  readonly board: JoinedBoard;
}

export default function PasteOffer({ session, board: { api, editor } }: PasteOfferProps) {
  const canEdit = useSyncExternalStore(session.subscribe, session.mayEdit);
  const [offer, setOffer] = useState<Offer | null>(null);
  const dismiss = useCallback(() => setOffer(null), []);
  useEffect(() => {
    if (!canEdit) return;
    const onPaste = (event: ClipboardEvent) => setOffer(offerFor(event, api));
    const onDown = ({ target }: Event) => {
      if (target instanceof HTMLCanvasElement) dismiss();
    };
    document.addEventListener("paste", onPaste, { capture: true });
    editor.addEventListener("pointerdown", onDown, { capture: true });
    return () => {
      document.removeEventListener("paste", onPaste, { capture: true });
      editor.removeEventListener("pointerdown", onDown, { capture: true });
      dismiss();
    };
  }, [api, editor, canEdit, dismiss]);
  if (!offer) return null;
  const take = () => {
    dismiss();
    if (offer.isDiagram) void drawInstead(api, offer);
    else pasteNotes(api, offer.text, noteColour.snapshot(), pastedSince(api, offer));
  };
  return createPortal(
    <div className="paste-offer" role="status">
      <button type="button" className="link-button" onClick={take}>
        {offer.isDiagram ? t("Paste as a diagram") : t("Make {n} notes of it", { n: offer.lines })}
      </button>
      <CloseButton onClose={dismiss} />
    </div>,
    editor,
  );
}

/** `null` when the text is for something else, or is as well off as a text. */
function offerFor(event: ClipboardEvent, api: ExcalidrawImperativeAPI): Offer | null {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (
    event.defaultPrevented ||
    !isForCanvas(event) ||
    isToolOn(api) ||
    event.clipboardData?.files.length
  )
    return null;
  if (text.length > MAX_CHARACTERS || isDrawing(text)) return null;
  const isDiagram = looksLikeMermaid(text);
  const lines = linesOf(text).length;
  if (!isDiagram && (lines < 2 || lines > MAX_NOTES)) return null;
  const before = new Set(api.getSceneElements().map(({ id }) => id));
  return { text, isDiagram, lines, before };
}

/** The texts that the editor has made of it. */
function pastedSince(api: ExcalidrawImperativeAPI, { text, before }: Offer): Set<string> {
  const words = (some: string) => some.replace(/\s+/g, " ").trim();
  const all = words(text);
  const made = api
    .getSceneElements()
    .filter((one) => one.type === "text" && !before.has(one.id))
    .filter((one) => one.type === "text" && all.includes(words(one.originalText)));
  return new Set(made.map(({ id }) => id));
}

async function drawInstead(api: ExcalidrawImperativeAPI, offer: Offer): Promise<void> {
  try {
    const { elementsOfMermaid } = await import("../mermaid/convert");
    const { insertDiagram } = await import("../mermaid/insert");
    const elements = await elementsOfMermaid(offer.text);
    insertDiagram(api, elements, pastedSince(api, offer));
  } catch (error) {
    const isKnown = error instanceof Refused;
    const message = isKnown ? error.message : t("This diagram could not be drawn.");
    api.setToast({ message, closable: true, duration: TOAST_MS });
  }
}
