/** What the build lets the page have of Excalidraw's way to resize. It fails when the change no longer fits. */
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { EXCALIDRAW_DIST } from "./fonts.ts";

const IMPORT = `import{resizingOf}from${JSON.stringify(resolve("src/outline/resizing.ts"))};`;

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
  let isReplaced = false;
  return {
    name: "resizing-by-keys",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes(EXCALIDRAW_DIST)) return null;
      const [pull, frames] = [PULL.exec(code), FRAMES.exec(code)];
      if (!pull || !frames || !API.test(code)) return null;
      isReplaced = true;
      const functions = `{pull:${pull[1]},members:${frames[2]},replace:${frames[3]},inFrame:${frames[4]}}`;
      const changed = code.replace(
        API,
        (before) => `resizing:resizingOf(this,${functions}),${before}`,
      );
      return { code: `${IMPORT}${changed}`, map: null };
    },
    buildEnd(error) {
      if (!error && !isReplaced) this.error("Excalidraw's way to resize was not found.");
    },
  };
}
