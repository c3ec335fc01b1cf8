/** Which pages of a PDF come to the board. Nothing does before all of them are drawn. */
import { useEffect, useRef, useState } from "react";
import type { Drawing } from "../files/drawing";
import { Refused } from "../files/refused";
import { t, tn } from "../i18n";
import { DialogActions } from "../page/buttons";
import { Dialog } from "../page/Dialog";
import { MAX_PAGES, MAX_TEXT, pagesIn, textOfPages } from "./limits";
import { Previews } from "./Previews";
import type { PdfReader } from "./reader";
import "../styles/pdf.css";
import "../styles/print.css";

interface PdfDialogProps {
  readonly file: File;
  readonly onDrawn: (drawing: Drawing) => void;
  readonly onProblem: (error: unknown) => void;
  readonly onClose: () => void;
}

export function PdfDialog({ file, onDrawn, onProblem, onClose }: PdfDialogProps) {
  const pdf = usePdf(file, onProblem);
  const [text, setText] = useState<string | null>(null);
  const [isLocked, setLocked] = useState(true);
  const [done, setDone] = useState<number | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const count = pdf?.count ?? 0;
  const shown = text ?? (pdf ? textOfPages(firstPages(count)) : "");
  const pages = pdf ? pagesIn(shown, count) : null;
  const isTooMany = pages !== null && pages.length > MAX_PAGES;
  const chosen = isTooMany ? [] : (pages ?? []);
  const add = async (reader: PdfReader) => {
    setDone(0);
    try {
      const { drawPages } = await import("./pages");
      const choice = { name: file.name, pages: chosen, isLocked };
      onDrawn(await drawPages(reader, choice, setDone, stop.current.signal));
    } catch (error) {
      if (!stop.current.signal.aborted) onProblem(error);
    }
  };
  return (
    <Dialog title={t("Add pages of a PDF")} onClose={onClose}>
      <form
        className="pdf-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (pdf && chosen.length > 0 && done === null) void add(pdf);
        }}
      >
        <p className="pdf-file">{file.name}</p>
        <p className="field">
          <label htmlFor="pdf-pages">
            {pdf ? tn(count, "Pages, of 1", "Pages, of {n}") : t("Pages")}
          </label>
          <input
            id="pdf-pages"
            value={shown}
            maxLength={MAX_TEXT}
            readOnly={!pdf || done !== null}
            aria-invalid={pdf !== null && chosen.length === 0}
            aria-describedby="pdf-note"
            placeholder="1-5, 8"
            onChange={({ target }) => setText(target.value)}
          />
        </p>
        <p id="pdf-note" className="panel-note" role="status">
          {noteOf(pdf, done, chosen.length, isTooMany)}
        </p>
        {done === null ? (
          <Previews
            pdf={pdf}
            pages={chosen}
            onLeaveOut={(page) => setText(textOfPages(chosen.filter((one) => one !== page)))}
          />
        ) : (
          <progress className="print-progress" value={done} max={chosen.length} />
        )}
        <label className="pdf-lock">
          <input
            type="checkbox"
            checked={isLocked}
            disabled={done !== null}
            onChange={({ target }) => setLocked(target.checked)}
          />
          {t("Lock the pages, so that drawing on them does not move them")}
        </label>
        <DialogActions
          label={t("Add")}
          onCancel={onClose}
          isDisabled={chosen.length === 0 || done !== null}
        />
      </form>
    </Dialog>
  );
}

/** The open file, once it is; closed with the dialog. */
function usePdf(file: File, onProblem: (error: unknown) => void): PdfReader | null {
  const [pdf, setPdf] = useState<PdfReader | null>(null);
  const problem = useRef(onProblem);
  useEffect(() => {
    const controller = new AbortController();
    let opened: PdfReader | null = null;
    opening(file, controller.signal).then(
      (reader) => {
        opened = reader;
        if (controller.signal.aborted) reader.close();
        else setPdf(reader);
      },
      (error: unknown) => {
        if (!controller.signal.aborted) problem.current(error);
      },
    );
    return () => {
      controller.abort();
      opened?.close();
    };
  }, [file]);
  return pdf;
}

/** The reader is large, so it is loaded for the first PDF, and kept by the browser for later. */
async function opening(file: File, signal: AbortSignal): Promise<PdfReader> {
  const loaded = await import("./reader").catch(() => {
    throw new Refused(
      t("A part of this page could not be loaded. Check your connection and reload the page."),
    );
  });
  return loaded.PdfReader.open(file, signal);
}

function firstPages(count: number): number[] {
  return Array.from({ length: Math.min(count, MAX_PAGES) }, (_, at) => at + 1);
}

function noteOf(
  pdf: PdfReader | null,
  done: number | null,
  chosen: number,
  isTooMany: boolean,
): string {
  if (!pdf) return t("Reading the file…");
  if (done !== null)
    return t("Drawing page {n} of {total}…", { n: Math.min(done + 1, chosen), total: chosen });
  if (isTooMany) return t("Up to {n} pages can be added at once.", { n: MAX_PAGES });
  if (chosen === 0) return t("Write pages that this PDF has, as “1-5, 8”.");
  return tn(chosen, "1 page will be added.", "{n} pages will be added.");
}
