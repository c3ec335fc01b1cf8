/** Looks at the texts on the canvas for those that need a font which is not loaded. */
import { showWithXiaolai } from "./xiaolai";

interface Editor {
  getSceneElements(): readonly { readonly type: string; readonly text?: unknown }[];
}

/** Returns what is to be called when the editor changed; cheap when it did not. */
export function watchTexts(editor: Editor): () => void {
  let looked: readonly unknown[] | null = null;
  // Editors replace a text when it changes.
  const known = new WeakSet<object>();
  return () => {
    const elements = editor.getSceneElements();
    if (elements === looked) return;
    looked = elements;
    for (const element of elements) {
      if (element.type !== "text" || known.has(element)) continue;
      known.add(element);
      void showWithXiaolai(String(element.text));
    }
  };
}
