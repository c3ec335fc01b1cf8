/** Elements made of a few words, in the form of files: for drawings of other programs. */
import type { FileElement } from "../canvas/file";
import type { Json } from "../canvas/groups";
import { newElementId } from "../page/ids";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const FONT_SIZE = 20;
const LINE_HEIGHT = 1.25;
/** About how wide a character is, as a share of the size of its font; the editor measures again. */
const CHARACTER = 0.55;
const PADDING = 10;

/** A shape, and the text in it if there is one. */
export function shapeWithText(
  type: string,
  box: Box,
  text: string,
  style: { readonly [property: string]: Json } = {},
): FileElement[] {
  const shape: FileElement = { id: newElementId(), type, ...box, ...style };
  if (text.trim() === "") return [shape];
  const label = textAt(text, box.x + PADDING, box.y + PADDING);
  const bound = { ...label, containerId: shape.id ?? null, textAlign: "center" };
  const place = {
    x: box.x + (box.width - Number(label.width)) / 2,
    y: box.y + (box.height - Number(label.height)) / 2,
  };
  const boundElements = [{ id: label.id ?? null, type: "text" }];
  return [
    { ...shape, boundElements },
    { ...bound, ...place, verticalAlign: "middle", ...groupsOf(style) },
  ];
}

/** A text of its own. */
export function textAt(
  text: string,
  x: number,
  y: number,
  style: { readonly [property: string]: Json } = {},
): FileElement {
  const lines = text.split("\n");
  return {
    ...{ id: newElementId(), type: "text", x, y, text, originalText: text },
    ...{ fontSize: FONT_SIZE, fontFamily: 5, lineHeight: LINE_HEIGHT },
    width: Math.max(...lines.map((line) => line.length)) * FONT_SIZE * CHARACTER,
    height: lines.length * FONT_SIZE * LINE_HEIGHT,
    ...style,
  };
}

function groupsOf({ groupIds, frameId }: { readonly [property: string]: Json }) {
  const kept: { [property: string]: Json } = {};
  if (groupIds !== undefined) kept.groupIds = groupIds;
  if (frameId !== undefined) kept.frameId = frameId;
  return kept;
}
