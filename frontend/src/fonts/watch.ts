/** Looks at the texts on the canvas for those that need a font which is not loaded. */
import { FONT_FAMILY } from "@excalidraw/excalidraw";
import { showWithXiaolai } from "./xiaolai";

interface Editor {
  getSceneElements(): readonly {
    readonly type: string;
    readonly text?: unknown;
    readonly fontFamily?: unknown;
  }[];
}

const NAMES: ReadonlyMap<unknown, string> = new Map(
  Object.entries(FONT_FAMILY).map(([name, id]) => [id, name]),
);

/** Returns what is to be called when the editor changed; cheap when it did not. */
export function watchTexts(editor: Editor): () => void {
  let looked: readonly unknown[] | null = null;
  // Editors replace a text when it changes.
  const known = new WeakSet<object>();
  const asked = new Set<unknown>();
  return () => {
    const elements = editor.getSceneElements();
    if (elements === looked) return;
    looked = elements;
    for (const element of elements) {
      if (element.type !== "text" || known.has(element)) continue;
      known.add(element);
      void showWithXiaolai(String(element.text));
      if (asked.has(element.fontFamily)) continue;
      asked.add(element.fontFamily);
      void redrawWith(NAMES.get(element.fontFamily));
    }
  };
}

/**
 * Loads a font, and has the editor draw its texts again then. The editor knows of no font when the
 * board is opened, because no element is there yet; and the event that tells it of those that come
 * later is never sent by WebKitGTK, whose texts stay in another font, and cut.
 */
async function redrawWith(name: string | undefined): Promise<void> {
  if (!name) return;
  try {
    const fontfaces = await document.fonts.load(`20px "${name}"`);
    // The editor passes over fonts of which it was told already. Older WebKits and Safaris have no
    // constructor for the event, and the editor reads nothing else of it.
    document.fonts.dispatchEvent(Object.assign(new Event("loadingdone"), { fontfaces }));
  } catch (error) {
    console.warn(`The font ${name} can not be loaded.`, error);
  }
}
