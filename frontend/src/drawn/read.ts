/**
 * Reads a file of another program where there is no page: the server starts this in a JavaScript
 * engine of its own. It is the same code that reads files that are dropped on the page.
 */
import { parseDrawing } from "../files/drawing";
import { Refused } from "../files/refused";

/** `refused` says why, in a sentence; without one it is no file of this kind. */
export type ReadFile =
  | { readonly drawing: string; readonly left: number }
  | { readonly refused: string };

/** The drawing in the text of a file as the text of an `.excalidraw` file. Never throws. */
export async function readFile(name: string, text: string): Promise<ReadFile> {
  try {
    const { elements, left } = await parseDrawing(text, name);
    return { drawing: JSON.stringify({ type: "excalidraw", version: 2, elements }), left };
  } catch (error) {
    return { refused: error instanceof Refused ? error.message : "" };
  }
}
