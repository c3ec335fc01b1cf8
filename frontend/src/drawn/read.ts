/**
 * Reads a file of another program where there is no page: the server starts this in a JavaScript
 * engine of its own. It is the same code that reads files that are dropped on the page.
 */
import { type Drawing, parseDrawing, type Unfetched } from "../files/drawing";
import { Refused } from "../files/refused";

/** So many pictures that were not fetched are named; the others are counted. */
const MOST_NAMED = 100;

/** `refused` says why, in a sentence; without one it is no file of this kind. */
export type ReadFile =
  | {
      readonly drawing: string;
      readonly left: number;
      readonly unfetched: readonly Unfetched[];
      readonly unfetchedCount: number;
      /** The images that are SVG, each with the size that it has on the board. */
      readonly vectors: Readonly<Record<string, readonly [width: number, height: number]>>;
    }
  | { readonly refused: string };

/** The drawing in the text of a file as the text of an `.excalidraw` file. Never throws. */
export async function readFile(name: string, text: string): Promise<ReadFile> {
  try {
    const { elements, files, left, unfetched = [] } = await parseDrawing(text, name);
    return {
      drawing: JSON.stringify({ type: "excalidraw", version: 2, elements, files }),
      left,
      unfetched: unfetched.slice(0, MOST_NAMED),
      unfetchedCount: unfetched.length,
      vectors: vectorsIn(elements, files),
    };
  } catch (error) {
    return { refused: error instanceof Refused ? error.message : "" };
  }
}

function vectorsIn(elements: Drawing["elements"], files: Drawing["files"]) {
  const vectors: Record<string, readonly [number, number]> = {};
  for (const { fileId, width, height } of elements) {
    const id = typeof fileId === "string" ? fileId : "";
    if (files[id]?.mimeType === "image/svg+xml") vectors[id] ??= [Number(width), Number(height)];
  }
  return vectors;
}
