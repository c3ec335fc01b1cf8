/**
 * Mermaid text as elements. A worker lays it out first, and says what is wrong; what it can do in
 * time, the page can do too.
 */
import { convertToExcalidrawElements } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import { mayHold } from "../canvas/bounds";
import { Refused } from "../files/refused";
import { t } from "../i18n";
import { MAX_CHARACTERS, MAX_EDGES, MAX_ELEMENTS, type Outcome, PATIENCE_MS } from "./limits";

type Elements = OrderedExcalidrawElement[];

/** The elements, around wherever the library puts them. Throws `Refused` with the reason in words. */
export async function elementsOfMermaid(text: string, signal?: AbortSignal): Promise<Elements> {
  if (text.length > MAX_CHARACTERS)
    throw new Refused(
      t("This diagram has more than {n} characters and was not drawn.", { n: MAX_CHARACTERS }),
    );
  refuse(await layOutBeside(text, signal));
  const { parseMermaidToExcalidraw } = await import("mermaid-to-excalidraw");
  const options = { maxEdges: MAX_EDGES, maxTextSize: MAX_CHARACTERS };
  const { elements, files } = await parseMermaidToExcalidraw(text, options);
  signal?.throwIfAborted();
  // A picture in place of shapes: the library has stumbled over its own layout.
  if (files && Object.keys(files).length > 0) throw new Refused(noShapes());
  const skeletons = elements as unknown as Parameters<typeof convertToExcalidrawElements>[0];
  const drawn = convertToExcalidrawElements(skeletons, { regenerateIds: true });
  if (drawn.length > MAX_ELEMENTS)
    throw new Refused(
      t("This drawing has more than {n} elements and was not added.", { n: MAX_ELEMENTS }),
    );
  return drawn.map(withSafeLink);
}

/** An element without a link that no board may hold. The library keeps such links out, too. */
export function withSafeLink<One extends { readonly link: string | null }>(one: One): One {
  return mayHold("link", one.link) ? one : { ...one, link: null };
}

function refuse(outcome: Outcome): void {
  switch (outcome.kind) {
    case "fits":
      return;
    case "unknown":
      throw new Refused(noShapes());
    case "edges":
      throw new Refused(
        t("This diagram has more than {n} arrows and was not drawn.", { n: MAX_EDGES }),
      );
    case "fault":
      throw new Refused(
        outcome.line > 0
          ? t("Line {line} cannot be read: {problem}", {
              line: outcome.line,
              problem: outcome.problem,
            })
          : t("This cannot be read: {problem}", { problem: outcome.problem }),
      );
  }
}

function noShapes(): string {
  return t(
    "Flowcharts, sequence, class, entity and state diagrams, Gantt and quadrant charts and timelines can be drawn here.",
  );
}

/** Throws `Refused` when it takes too long, and what the signal says when it was given up. */
function layOutBeside(text: string, signal?: AbortSignal): Promise<Outcome> {
  const worker = new Worker(new URL("./layoutWorker.ts", import.meta.url), { type: "module" });
  return new Promise<Outcome>((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      reject(new Refused(t("This diagram takes too long to lay out and was not drawn.")));
    }, PATIENCE_MS);
    const end = () => clearTimeout(timer);
    signal?.addEventListener("abort", () => {
      end();
      reject(signal.reason);
    });
    worker.onmessage = ({ data }: MessageEvent<Outcome>) => {
      end();
      resolve(data);
    };
    worker.onerror = () => {
      end();
      reject(
        new Refused(
          t("A part of this page could not be loaded. Check your connection and reload the page."),
        ),
      );
    };
    worker.postMessage(text);
  }).finally(() => worker.terminate());
}
