/** What the build lets the page have of Excalidraw's way to resize. It fails when the change no longer fits. */
import type { Plugin } from "vite";
import { editorChange, importOf } from "./editor.ts";

/** Where it offers what it can do to the page around it. */
const API = /history:\{clear:this\.resetHistory\}/;

/** Where a handle is pulled. */
const PULL =
  /if\(([\w$]+)\([\w$]+\.originalElements,[\w$]+,[\w$]+,this\.scene\.getElementsMapIncludingDeleted\(\),this\.scene,/;

/** Where a handle is let go, and frames get and lose what is in them. */
const FRAMES =
  /isResizing\)\{let ([\w$]+)=([\w$]+)\(this\.scene\.getElementsIncludingDeleted\(\),this\.state,this\),[\w$]+=this\.scene\.getSelectedElements\(this\.state\)\.filter\([\w$]+=>[\w$]+\([\w$]+\)\);for\(let [\w$]+ of [\w$]+\)\1=([\w$]+)\(\1,([\w$]+)\(this\.scene/;

/** The editor's own functions, for people who pull no handles: see `src/outline/resizing.ts`. */
export function resizingByKeys(): Plugin {
  const missing = "Excalidraw's way to resize was not found.";
  return editorChange("resizing-by-keys", missing, (code) => {
    const [pull, frames] = [PULL.exec(code), FRAMES.exec(code)];
    if (!pull || !frames || !API.test(code)) return null;
    const functions = `{pull:${pull[1]},members:${frames[2]},replace:${frames[3]},inFrame:${frames[4]}}`;
    const changed = code.replace(
      API,
      (before) => `resizing:resizingOf(this,${functions}),${before}`,
    );
    return importOf("resizingOf", "src/outline/resizing.ts") + changed;
  });
}
