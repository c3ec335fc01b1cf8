/**
 * Takes the place of Excalidraw's Mermaid importer, which would install and bundle several
 * megabytes for a menu item that this product hides. A paste of Mermaid source falls back to text.
 */
export async function parseMermaidToExcalidraw() {
  throw new Error("Mermaid diagrams are not supported on this board.");
}
