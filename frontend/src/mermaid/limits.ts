/** What Mermaid text may be, looked at before anything reads it. */

/** Of the text. A board holds more, but nobody reads such a diagram. */
export const MAX_CHARACTERS = 50_000;
/** Arrows between all shapes; laying out more takes too long. */
export const MAX_EDGES = 500;
/** What becomes of it on the board. */
export const MAX_ELEMENTS = 5_000;
/** How long laying out may take. */
export const PATIENCE_MS = 10_000;

/** The first word of the diagrams that are read, with what may stand before it. */
const BEGIN =
  /^\s*(?:---\s*\n[\s\S]{0,5000}?\n---\s*\n)?(?:\s*%%[^\n]*\n)*\s*(?:flowchart|graph|sequenceDiagram|classDiagram|stateDiagram|erDiagram|gantt|quadrantChart|timeline)(?:-[\w-]+)?(?=[\s;:{]|$)/;

/** Whether a text begins as a diagram that can be read. One line alone is a sentence more often. */
export function looksLikeMermaid(text: string): boolean {
  return text.length <= MAX_CHARACTERS && text.trim().includes("\n") && BEGIN.test(text);
}

/** What a layout of a text came to, as the worker tells it. */
export type Outcome =
  | { readonly kind: "fits" }
  | { readonly kind: "unknown" }
  | { readonly kind: "edges" }
  | { readonly kind: "fault"; readonly line: number; readonly problem: string };
