/** What the build changes about Excalidraw's undo. It fails when the change no longer fits. */
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { EXCALIDRAW_DIST } from "./fonts.ts";

/** Where the history applies one step after the other, until one changes something. */
const STEP =
  /(for\(;([\w$]+);\)\{)(try\{\[([\w$]+),[\w$]+,([\w$]+)\]=\2\.applyTo\(\4,[\w$]+,[\w$]+\)\}finally\{[\w$]+\(\2\)\}if\()\5(\)break;)/;

/** Asks before each step of undo and redo what is to be left: see `src/undo/entry.ts`. */
export function ownUndo(): Plugin {
  let isReplaced = false;
  return {
    name: "own-undo",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes(EXCALIDRAW_DIST) || !STEP.test(code)) return null;
      isReplaced = true;
      const changed = code.replace(
        STEP,
        (_, head, entry, body, elements, isVisible, end) =>
          `${head}let isWithheld=withholdForeign(${entry},${elements});` +
          `${body}${isVisible}||isWithheld${end}`,
      );
      const module = JSON.stringify(resolve("src/undo/entry.ts"));
      return { code: `import{withholdForeign}from${module};${changed}`, map: null };
    },
    buildEnd(error) {
      if (!error && !isReplaced) this.error("Excalidraw's history was not found.");
    },
  };
}
