/** How the editor sets a text in a note, and the size of letters that follows from it. */
import { restoreElements } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { FileElement } from "../canvas/file";
import type { SceneElement } from "../canvas/groups";
import { inTheirShapes } from "../files/labels";
import { fittingSize, hasBrokenWord, LARGEST, LEAST, LONG } from "./fit";
import { type Box, type Font, MARGIN, noteWithText } from "./note";

/** The editor's own handwriting, in which it begins. */
const HANDWRITING: Face = { fontFamily: 5, lineHeight: 1.25 };

type Face = Omit<Font, "fontSize">;

export interface Fitted {
  readonly fontSize: number;
  /** Of the text in that size. */
  readonly textHeight: number;
  /** Of a note that holds it. */
  readonly height: number;
}

/** The size of letters, and the height of the note: `box`'s own as long as the text fits in there. */
export function fitText(
  text: string,
  box: { readonly width: number; readonly height: number },
  face: Face = HANDWRITING,
  largest: number = LARGEST,
): Fitted {
  const measure = (fontSize: number) => {
    const wrapped = wrap(text, box.width, { ...face, fontSize });
    return { height: wrapped.height, isBroken: hasBrokenWord(text, wrapped.text) };
  };
  const room = box.height - 2 * MARGIN;
  const fontSize = text.length > LONG ? LEAST : fittingSize(measure, room, largest);
  const textHeight = text.trim() === "" ? 0 : measure(fontSize).height;
  return { fontSize, textHeight, height: Math.max(box.height, textHeight + 2 * MARGIN) };
}

function wrap(
  text: string,
  width: number,
  font: Font,
): { readonly text: string; readonly height: number } {
  const elements = noteWithText({ x: 0, y: 0, width, height: 1 }, "", text, font);
  const [, label] = measured(elements);
  return label?.type === "text" ? label : { text: "", height: 0 };
}

/** A note with its text, at `box`, which grows in height if it has to. */
export function fittedNote(box: Box, colour: string, text: string): FileElement[] {
  const { fontSize, height } = fitText(text, box);
  return noteWithText({ ...box, height }, colour, text, { ...HANDWRITING, fontSize });
}

/** Notes as the editor shows them, texts wrapped and in the middle. */
export function measured(elements: readonly FileElement[]): OrderedExcalidrawElement[] {
  const restored = restoreElements(elements as unknown as OrderedExcalidrawElement[], null, {
    refreshDimensions: true,
    repairBindings: true,
  });
  const placed = inTheirShapes(restored as unknown as SceneElement[]);
  return placed as unknown as OrderedExcalidrawElement[];
}
