/** The board, or what is selected, as a file: to be opened and imported again, or a PDF. */
import { serializeAsJSON } from "@excalidraw/excalidraw";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { BoardConfig } from "../config";
import { t, tn } from "../i18n";
import { problemText } from "../page/boardApi";
import { DialogActions } from "../page/buttons";
import { Choice } from "../page/Choice";
import { Dialog } from "../page/Dialog";
import type { JoinedBoard } from "../page/useBoard";
import { framesOf } from "../present/frames";
import type { BoardSession } from "../sync/session";
import { inFile } from "./inFile";
import { isApart, MAX_CHOSEN, type PdfPart, type PdfStep, savePdf } from "./pdf";
import { type Elements, selectionOf } from "./selection";
import { download, fileName } from "./unsavedExport";
import "../styles/print.css";

interface SaveDialogProps {
  readonly config: BoardConfig;
  readonly session: BoardSession;
  readonly board: JoinedBoard;
  readonly title: string;
  readonly onPrint: () => void;
  readonly onClose: () => void;
}

type Kind = "excalidraw" | "pdf";
type What = "board" | "selection" | "frames";

export default function SaveDialog(props: SaveDialogProps) {
  const { session, board, title, onPrint, onClose } = props;
  const { api } = board;
  const [selected] = useState(() => selectionOf(api));
  const [frames] = useState(() => framesOf(api).length);
  const [kind, setKind] = useState<Kind>("excalidraw");
  const [chosen, setWhat] = useState<What>(selected.length === 0 ? "board" : "selection");
  const isWithoutServer = useSyncExternalStore(session.subscribe, () => isApart(session));
  const pdf = usePdf(props);
  const isPdf = kind === "pdf";
  const idsOf = () => chosenIds(api.getAppState().selectedElementIds);
  const [isTooMuch] = useState(() => idsOf().length > MAX_CHOSEN);
  const can: Readonly<Record<What, boolean>> = {
    board: true,
    selection: selected.length > 0 && !(isPdf && isTooMuch),
    frames: isPdf && frames > 0,
  };
  const what = can[chosen] ? chosen : "board";
  const save = () => {
    if (isPdf) {
      pdf.begin(what === "selection" ? idsOf() : what);
      return;
    }
    const file = fileOf(board, what === "selection" ? selected : null);
    download(file, `${fileName(title)}.excalidraw`);
    onClose();
  };
  return (
    <Dialog title={t("Save as a file")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Choice
          legend={t("Kind of file")}
          chosen={kind}
          onChoose={setKind}
          labels={{ excalidraw: t("Excalidraw, to draw on"), pdf: t("PDF, to read and print") }}
        />
        <Choice
          legend={t("What")}
          chosen={what}
          onChoose={setWhat}
          can={can}
          labels={{
            board: t("The whole board"),
            selection: selectionLabel(selected.length, isPdf && isTooMuch),
            ...(isPdf ? { frames: framesLabel(frames) } : {}),
          }}
        />
        <p className="panel-note" role="status">
          {noteOf(kind, isWithoutServer, pdf.step, pdf.problem)}
        </p>
        {pdf.step !== null && <progress className="print-progress" aria-label={t("PDF")} />}
        {isPdf && isWithoutServer && (
          <p>
            <button type="button" className="button" onClick={onPrint}>
              {t("Print or save as PDF")}
            </button>
          </p>
        )}
        <DialogActions
          label={t("Save")}
          onCancel={onClose}
          isDisabled={isPdf && (isWithoutServer || pdf.step !== null)}
        />
      </form>
    </Dialog>
  );
}

/** Saves a PDF, and gives it up when the dialog is closed. */
function usePdf({ config, session, board, title, onClose }: SaveDialogProps) {
  const [step, setStep] = useState<PdfStep | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const begin = (part: PdfPart) => {
    setProblem(null);
    const name = `${fileName(title)}.pdf`;
    savePdf({ config, session, board }, part, name, setStep, stop.current.signal).then(
      onClose,
      (error: unknown) => {
        if (stop.current.signal.aborted) return;
        setStep(null);
        setProblem(problemText(error));
      },
    );
  };
  return { step, problem, begin };
}

function chosenIds(ids: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(ids).flatMap(([id, isChosen]) => (isChosen ? [id] : []));
}

function selectionLabel(count: number, isTooMuch: boolean): string {
  if (count === 0) return t("The selection (nothing is selected)");
  if (isTooMuch) return t("The selection (more than {n} elements)", { n: MAX_CHOSEN });
  return tn(count, "The selected element", "The {n} selected elements");
}

function framesLabel(count: number): string {
  return count === 0
    ? t("Each frame on its own sheet (there is none)")
    : tn(count, "The frame", "Each of the {n} frames on its own sheet");
}

function noteOf(
  kind: Kind,
  isWithoutServer: boolean,
  step: PdfStep | null,
  problem: string | null,
): string {
  if (kind === "excalidraw")
    return t(
      "An .excalidraw file holds everything, images too. Drop it on a board to add it there.",
    );
  if (step === "saving") return t("Saving your changes…");
  if (step === "drawing") return t("Drawing…");
  if (isWithoutServer)
    return t("The server draws PDFs, and you are not connected. Your browser can print the board.");
  return problem ?? t("Lines, fonts and links stay what they are.");
}

/** A file of these elements, or of all, with the images that they show. */
function fileOf({ api, doc, flush }: JoinedBoard, chosen: Elements | null): string {
  flush();
  const elements = (chosen ?? api.getSceneElements()).map((one) => inFile(one, doc));
  const used = new Set(elements.map((one) => ("fileId" in one ? one.fileId : null)));
  const files = Object.entries(api.getFiles()).filter(([id]) => used.has(id as never));
  return serializeAsJSON(elements, api.getAppState(), Object.fromEntries(files), "local");
}
