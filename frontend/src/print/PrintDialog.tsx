/** Prints the board, what is selected or the frames, or saves them as a PDF: browsers do both. */
import { useEffect, useRef, useState } from "react";
import { t, tn } from "../i18n";
import { DialogActions } from "../page/buttons";
import { Choice } from "../page/Choice";
import { Dialog } from "../page/Dialog";
import type { JoinedBoard } from "../page/useBoard";
import {
  countMissingImages,
  countSheets,
  MAX_SHEETS,
  type Paper,
  type PrintChoice,
  print,
  type What,
} from "./sheets";
import "../styles/print.css";

interface PrintDialogProps {
  readonly board: JoinedBoard;
  readonly onClose: () => void;
}

export default function PrintDialog({ board: { api }, onClose }: PrintDialogProps) {
  const [counts] = useState(() => ({
    board: countSheets(api, "board"),
    selection: countSheets(api, "selection"),
    frames: countSheets(api, "frames"),
    missing: countMissingImages(api),
  }));
  const [choice, setChoice] = useState<PrintChoice>({
    what: counts.selection > 0 ? "selection" : "board",
    paper: "drawing",
    hasBackground: true,
  });
  const [done, setDone] = useState<number | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const begin = () => {
    setDone(0);
    setFailed(false);
    print(api, choice, setDone, stop.current.signal).then(
      (isPrinted) => isPrinted && onClose(),
      () => {
        setDone(null);
        setFailed(true);
      },
    );
  };
  const sheets = Math.min(counts[choice.what], MAX_SHEETS);
  return (
    <Dialog title={t("Print or save as PDF")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <WhatToPrint counts={counts} choice={choice} onChoice={setChoice} />
        <HowToPrint choice={choice} onChoice={setChoice} />
        <p className="panel-note" role="status">
          {noteOf(counts.missing, counts[choice.what], hasFailed)}
        </p>
        {done !== null && sheets > 1 && (
          <progress className="print-progress" aria-label={t("Sheets")} max={sheets} value={done} />
        )}
        <DialogActions
          label={t("Print")}
          onCancel={onClose}
          isDisabled={done !== null || sheets === 0}
        />
      </form>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly choice: PrintChoice;
  readonly onChoice: (choice: PrintChoice) => void;
}

interface WhatProps extends ChoiceProps {
  readonly counts: Readonly<Record<What, number>>;
}

function WhatToPrint({ counts, choice, onChoice }: WhatProps) {
  const labels: Readonly<Record<What, string>> = {
    board: t("The whole board"),
    selection:
      counts.selection === 0 ? t("The selection (nothing is selected)") : t("The selection"),
    frames:
      counts.frames === 0
        ? t("Each frame on its own sheet (there is none)")
        : tn(counts.frames, "The frame", "Each of the {n} frames on its own sheet"),
  };
  return (
    <Choice
      legend={t("What")}
      chosen={choice.what}
      labels={labels}
      can={{ board: true, selection: counts.selection > 0, frames: counts.frames > 0 }}
      onChoose={(what) => onChoice({ ...choice, what })}
    />
  );
}

function HowToPrint({ choice, onChoice }: ChoiceProps) {
  const papers: Readonly<Record<Paper, string>> = {
    drawing: t("As large as the drawing"),
    a4: "A4",
    letter: t("Letter"),
  };
  return (
    <>
      <Choice
        legend={t("Paper")}
        chosen={choice.paper}
        labels={papers}
        onChoose={(paper) => onChoice({ ...choice, paper })}
        className="print-papers"
      />
      <fieldset className="choices">
        <legend>{t("Background")}</legend>
        <label>
          <input
            type="checkbox"
            checked={choice.hasBackground}
            onChange={({ target }) => onChoice({ ...choice, hasBackground: target.checked })}
          />
          {t("With the colour of the canvas")}
        </label>
      </fieldset>
    </>
  );
}

/** The one thing that is worth knowing before. */
function noteOf(missing: number, sheets: number, hasFailed: boolean): string {
  if (hasFailed) return t("This could not be drawn. Try a part of the board.");
  if (sheets === 0) return t("There is nothing to print.");
  if (sheets > MAX_SHEETS) return t("Only the first {n} frames are printed.", { n: MAX_SHEETS });
  if (missing > 0)
    return tn(missing, "One image has not arrived yet.", "{n} images have not arrived yet.");
  return t("For a PDF, choose “Save as PDF” as the printer.");
}
