/** What the build changes about Excalidraw's undo. It fails when the change no longer fits. */
import type { Plugin } from "vite";
import { editorChange, importOf } from "./editor.ts";

/** Where the history applies one step after the other, until one changes something. */
const STEP =
  /(for\(;([\w$]+);\)\{)(try\{\[([\w$]+),[\w$]+,([\w$]+)\]=\2\.applyTo\(\4,[\w$]+,[\w$]+\)\}finally\{[\w$]+\(\2\)\}if\()\5(\)break;)/;

/** Where it puts an image on the board, and waits for its picture. */
const IMAGE =
  /this\.scene\.insertElement\(([\w$]+)\);(try\{)return (await this\.initializeImage\(\{imageFile:[\w$]+,imageElement:\1,showCursorImagePreview:([\w$]+)\}\))\}/;

/**
 * Asks before each step of undo and redo what is to be left (see `src/undo/entry.ts`), and makes one
 * step of an image: when it is put on the board, unless it hangs at the pointer still, and with its
 * picture later (see `src/undo/image.ts`).
 */
export function ownUndo(): Plugin {
  return editorChange("own-undo", "Excalidraw's history was not found.", (code) => {
    if (!STEP.test(code) || !IMAGE.test(code)) return null;
    const changed = code
      .replace(
        STEP,
        (_, head, entry, body, elements, isVisible, end) =>
          `${head}let isWithheld=withholdForeign(${entry},${elements});` +
          `${body}${isVisible}||isWithheld${end}`,
      )
      .replace(
        IMAGE,
        (_, image, start, picture, isPending) =>
          `this.scene.insertElement(${image});${isPending}||this.store.shouldCaptureIncrement();` +
          `${start}let settled=${picture};settleImage(this,settled);return settled}`,
      );
    const imports =
      importOf("withholdForeign", "src/undo/entry.ts") +
      importOf("settleImage", "src/undo/image.ts");
    return imports + changed;
  });
}
