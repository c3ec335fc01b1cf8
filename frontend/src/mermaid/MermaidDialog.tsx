/** Mermaid text at the left, what becomes of it at the right. */
import { exportToSvg } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import { useEffect, useRef, useState } from "react";
import { Refused } from "../files/refused";
import { t } from "../i18n";
import { DialogActions } from "../page/buttons";
import { Dialog } from "../page/Dialog";
import type { JoinedBoard } from "../page/useBoard";
import { effectiveTheme } from "../theme";
import { elementsOfMermaid } from "./convert";
import { insertDiagram } from "./insert";
import { SAMPLES } from "./samples";
import "../styles/mermaid.css";

interface MermaidDialogProps {
  readonly board: JoinedBoard;
  readonly onClose: () => void;
}

/** How long nothing is typed before the text is drawn. */
const REST_MS = 300;

type Drawn =
  | { readonly kind: "nothing" }
  | { readonly kind: "drawing" }
  | { readonly kind: "problem"; readonly message: string }
  | { readonly kind: "drawn"; readonly elements: readonly OrderedExcalidrawElement[] };

export default function MermaidDialog({ board: { api }, onClose }: MermaidDialogProps) {
  const [text, setText] = useState("");
  const drawn = useDrawn(text);
  const insert = () => {
    if (drawn.kind !== "drawn") return;
    insertDiagram(api, drawn.elements);
    onClose();
  };
  return (
    <Dialog title={t("Insert a Mermaid diagram")} onClose={onClose}>
      <form
        className="mermaid-form"
        onSubmit={(event) => {
          event.preventDefault();
          insert();
        }}
      >
        <div className="mermaid-sides">
          <label className="mermaid-text">
            {t("Mermaid text")}
            <textarea
              value={text}
              spellCheck={false}
              autoCapitalize="off"
              placeholder={SAMPLES.flowchart}
              onChange={({ target }) => setText(target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) insert();
              }}
            />
          </label>
          <Preview drawn={drawn} />
        </div>
        <p className="mermaid-samples">
          {t("Examples:")}
          {Object.entries(sampleNames()).map(([name, label]) => (
            <button
              key={name}
              type="button"
              className="link-button"
              onClick={() => setText(SAMPLES[name as keyof typeof SAMPLES])}
            >
              {label}
            </button>
          ))}
        </p>
        <DialogActions label={t("Insert")} onCancel={onClose} isDisabled={drawn.kind !== "drawn"} />
      </form>
    </Dialog>
  );
}

function sampleNames(): Record<keyof typeof SAMPLES, string> {
  return {
    flowchart: t("Flowchart"),
    sequence: t("Sequence"),
    classes: t("Classes"),
    states: t("States"),
  };
}

/** What the text becomes, once nothing has been typed for a moment. */
function useDrawn(text: string): Drawn {
  const [drawn, setDrawn] = useState<Drawn>({ kind: "nothing" });
  useEffect(() => {
    if (text.trim() === "") {
      setDrawn({ kind: "nothing" });
      return;
    }
    setDrawn({ kind: "drawing" });
    const controller = new AbortController();
    const timer = setTimeout(() => {
      elementsOfMermaid(text, controller.signal).then(
        (elements) => setDrawn({ kind: "drawn", elements }),
        (error: unknown) => {
          if (controller.signal.aborted) return;
          const isKnown = error instanceof Refused;
          const message = isKnown ? error.message : t("This diagram could not be drawn.");
          setDrawn({ kind: "problem", message });
        },
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text]);
  return drawn;
}

function Preview({ drawn }: { readonly drawn: Drawn }) {
  const stage = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (drawn.kind !== "drawn") return;
    let isCurrent = true;
    const exportWithDarkMode = effectiveTheme() === "dark";
    void exportToSvg({
      elements: drawn.elements,
      appState: { exportBackground: false, exportWithDarkMode },
      files: null,
      skipInliningFonts: true,
    }).then((svg: SVGSVGElement) => {
      if (isCurrent) stage.current?.replaceChildren(svg);
    });
    return () => {
      isCurrent = false;
    };
  }, [drawn]);
  return (
    <div className="mermaid-preview" data-kind={drawn.kind}>
      <p role="status">{wordsFor(drawn)}</p>
      <div ref={stage} className="mermaid-stage" role="img" aria-label={t("Preview")} />
    </div>
  );
}

function wordsFor(drawn: Drawn): string {
  if (drawn.kind === "problem") return drawn.message;
  if (drawn.kind === "drawing") return t("Drawing…");
  return drawn.kind === "nothing" ? t("The diagram appears here.") : "";
}
