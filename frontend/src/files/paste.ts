/** What is pasted as text and holds elements: of any age, and with what the editor does not know. */
import type { FileElement } from "../canvas/file";

interface Pasted {
  elements?: readonly unknown[];
  readonly programmaticAPI?: boolean;
}

/** The editor asks before it takes what is pasted, and takes what is in `pasted` afterwards. */
export async function preparePaste(pasted: Pasted): Promise<boolean> {
  if (pasted.elements && !pasted.programmaticAPI) {
    const { drawingOf } = await import("./drawing");
    pasted.elements = drawingOf(pasted.elements as readonly FileElement[]).elements;
  }
  return true;
}
