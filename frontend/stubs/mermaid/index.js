/**
 * Takes the place of the Mermaid importer of Excalidraw, which would draw what is pasted at once and
 * without limits. A paste of Mermaid source comes in as text; the page has its own way (`src/mermaid/`).
 */
export async function parseMermaidToExcalidraw() {
  throw new Error("Mermaid diagrams are not supported on this board.");
}
