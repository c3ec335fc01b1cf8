/** Excalidraw as it is published, with nothing of ours: it makes real files and opens those we make. */
import * as excalidraw from "@excalidraw/excalidraw";
import "@excalidraw/excalidraw/index.css";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { createRoot } from "react-dom/client";

declare global {
  interface Window {
    excalidraw: typeof excalidraw;
    editor: ExcalidrawImperativeAPI;
  }
}

window.EXCALIDRAW_ASSET_PATH = "/";
window.excalidraw = excalidraw;

const keep = (editor: ExcalidrawImperativeAPI) => {
  window.editor = editor;
};
const root = document.getElementById("root");
if (root) createRoot(root).render(<excalidraw.Excalidraw excalidrawAPI={keep} />);
