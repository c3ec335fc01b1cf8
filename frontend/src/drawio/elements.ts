/**
 * Drawings of draw.io as elements: boxes, ellipses, rhombs, texts, swimlanes, groups, and edges as
 * arrows that stay bound. Shapes of other forms become boxes. Of several pages each is a frame.
 */
import { mayHold } from "../canvas/bounds";
import type { FileElement } from "../canvas/file";
import type { Json } from "../canvas/groups";
import { withArrows } from "../files/bound";
import { Embedded, type Sketch } from "../files/embedded";
import { type Box, shapeWithText, textAt } from "../files/sketch";
import { newElementId } from "../page/ids";
import { edgeOf, isLabelOfEdge } from "./edges";
import { plainLabel } from "./label";
import { type Cell, type DiagramPage, pagesOf } from "./mxfile";
import { iconBox, pictureIn } from "./pictures";
import { Places } from "./places";
import { colourOf, lettersOf, lookOf, numberOf } from "./style";

const MARGIN = 40;
const PAGE_GAP = 200;
const LINE_HEIGHT = 1.25;
const HEAD = 23;
const ROUND = { type: 3 };

/** What there is on the board for shapes of draw.io; others become boxes. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ rectangle: "rectangle", rounded: "rectangle", label: "rectangle", html: "rectangle" },
    ...{ tableRow: "rectangle", partialRectangle: "rectangle", whiteSpace: "rectangle" },
    ...{ ellipse: "ellipse", doubleEllipse: "ellipse", rhombus: "diamond" },
  }),
);

/** What a page of draw.io becomes, while it is made. */
export interface Making {
  readonly places: Places;
  readonly pictures: Embedded;
  readonly elements: FileElement[];
  /** Elements by the ids of the cells that edges lead to. */
  readonly byCell: Map<string, string>;
  left: number;
  simplified: number;
}

/** The elements in the text of a file. Throws `Refused` with the reason, or something else. */
export async function elementsOfDrawio(text: string): Promise<Sketch> {
  const pages = await pagesOf(text);
  const elements: FileElement[] = [];
  const pictures = new Embedded();
  let [left, simplified, right] = [0, 0, 0];
  for (const page of pages) {
    const made = pageOf(page, pictures);
    left += made.left;
    simplified += made.simplified;
    if (made.elements.length === 0) continue;
    const placed = pages.length > 1 ? inFrame(made.elements, page.name) : made.elements;
    const { x, width } = boundsOf(placed);
    const shift = elements.length === 0 ? 0 : right + PAGE_GAP - x;
    for (const one of placed) elements.push({ ...one, x: Number(one.x) + shift });
    right = x + width + shift;
  }
  const { files, unfetched } = pictures;
  return { elements, files, unfetched, left, simplified };
}

function pageOf({ cells }: DiagramPage, pictures: Embedded): Making {
  const places = new Places(cells);
  const counts = { left: 0, simplified: 0 };
  const making: Making = { places, pictures, elements: [], byCell: new Map(), ...counts };
  const seen = cells.filter((cell) => places.isVisible(cell));
  const labels = new Map<string, Cell[]>();
  for (const cell of seen) {
    if (isLabelOfEdge(cell, places))
      labels.set(cell.parent, [...(labels.get(cell.parent) ?? []), cell]);
  }
  // Shapes first: an edge may stand before what it leads to.
  const parts = new Map<Cell, FileElement[]>();
  for (const cell of seen) {
    if (cell.isVertex && !isLabelOfEdge(cell, places)) parts.set(cell, shapeOf(cell, making));
  }
  for (const cell of seen) {
    if (cell.isEdge) parts.set(cell, edgeOf(cell, labels.get(cell.id) ?? [], making));
  }
  const drawn: FileElement[] = [];
  for (const cell of seen) {
    drawn.push(...(parts.get(cell) ?? []));
  }
  making.elements.push(...withArrows(drawn));
  return making;
}

function shapeOf(cell: Cell, making: Making): FileElement[] {
  const { style } = cell;
  const name = style.get("shape") ?? style.get("") ?? "rectangle";
  const box = making.places.boxOf(cell);
  const text = plainLabel(cell.label, style.get("html") === "1");
  const common = { groupIds: making.places.groupsOf(cell), ...linkOf(cell) };
  if (name === "group" || (name === "none" && text === "")) return [];
  if (name === "label" && cell.picture !== null)
    return taken(cell, labelOf(cell, text, box, common, making), making);
  if (name === "image" || style.has("image")) {
    const under = text === "" ? [] : [textUnder(cell, text, box, common)];
    return taken(cell, [...pictureOf(cell, box, common, making), ...under], making);
  }
  if (name === "text")
    return text === "" ? [] : taken(cell, [textIn(cell, text, box, common)], making);
  if (name === "line") return lineOf(cell, box, common);
  if (name === "swimlane" || name === "table")
    return taken(cell, laneOf(cell, text, box, common), making);
  if (!TYPES.has(name)) making.simplified += 1;
  const look = { ...lookOf(style, "#ffffff"), ...common, ...roundnessOf(cell) };
  const isOutside = /top|bottom/.test(style.get("verticalLabelPosition") ?? "");
  const shape = shapeWithText(TYPES.get(name) ?? "rectangle", box, isOutside ? "" : text, look);
  const labelled = shape.map((one) => (one.type === "text" ? withLetters(one, cell, box) : one));
  const under = isOutside && text !== "" ? [textUnder(cell, text, box, common)] : [];
  return taken(cell, [...labelled, ...under], making);
}

function pictureOf(cell: Cell, box: Box, common: object, making: Making): FileElement[] {
  const element = pictureIn(cell, box, common, making.pictures);
  if (element) return [element];
  making.left += 1;
  return [];
}

/** A box with a picture beside its words. */
function labelOf(cell: Cell, text: string, box: Box, common: object, making: Making) {
  const { style } = cell;
  const group = [`label-${cell.id}`, ...(common as { groupIds: string[] }).groupIds];
  const own = { ...common, groupIds: group };
  const look = { ...lookOf(style, "#ffffff"), ...own, ...roundnessOf(cell) };
  const shape = shapeWithText("rectangle", box, text, look);
  const labelled = shape.map((one) => (one.type === "text" ? withLetters(one, cell, box) : one));
  return [...labelled, ...pictureOf(cell, iconBox(style, box), own, making)];
}

/** Remembers what edges are bound to: the first of the elements of a cell. */
function taken(cell: Cell, elements: FileElement[], { byCell }: Making): FileElement[] {
  const [first] = elements;
  if (first) byCell.set(cell.id, String(first.id));
  return elements;
}

function linkOf({ link }: Cell): { link?: string } {
  return link !== null && mayHold("link", link) ? { link } : {};
}

function roundnessOf({ style }: Cell): { roundness: Json } {
  return { roundness: style.get("rounded") === "1" ? ROUND : null };
}

/** A label that is bound to a shape, with its letters and its place in it. */
function withLetters(label: FileElement, { style }: Cell, box: Box): FileElement {
  const verticalAlign = style.get("verticalAlign") ?? "middle";
  const letters = lettersOf(style);
  const height = heightOf(String(label.text), Number(letters.fontSize));
  const y =
    verticalAlign === "top"
      ? box.y + 5
      : verticalAlign === "bottom"
        ? box.y + box.height - height - 5
        : box.y + (box.height - height) / 2;
  const textAlign = style.get("align") ?? "center";
  return { ...label, ...letters, height, y, verticalAlign, textAlign };
}

function heightOf(text: string, fontSize: number): number {
  return text.split("\n").length * fontSize * LINE_HEIGHT;
}

/** A text of its own, as wide as its cell if that has a width. */
function textIn(cell: Cell, text: string, box: Box, common: object): FileElement {
  const letters = lettersOf(cell.style);
  const height = heightOf(text, Number(letters.fontSize));
  const isTop = cell.style.get("verticalAlign") === "top";
  const y = isTop ? box.y : box.y + (box.height - height) / 2;
  const size: Record<string, Json> = box.width > 1 ? { width: box.width, autoResize: false } : {};
  const angle = (numberOf(cell.style.get("rotation"), 0) * Math.PI) / 180;
  const textAlign = cell.style.get("align") ?? "left";
  return { ...textAt(text, box.x, y), ...letters, height, ...size, angle, textAlign, ...common };
}

function textUnder(cell: Cell, text: string, box: Box, common: object): FileElement {
  const isAbove = cell.style.get("verticalLabelPosition") === "top";
  const letters = lettersOf(cell.style);
  const height = heightOf(text, Number(letters.fontSize));
  const y = isAbove ? box.y - height - 5 : box.y + box.height + 5;
  const [width, x] = [Math.max(box.width, 80), box.x + Math.min(0, (box.width - 80) / 2)];
  const place = { width, height, autoResize: false, textAlign: "center" };
  return { ...textAt(text, x, y), ...letters, ...place, ...common };
}

function lineOf(cell: Cell, { x, y, width, height }: Box, common: object): FileElement[] {
  const line = { id: newElementId(), type: "line", x, y: y + height / 2, width, height: 0 };
  const points = [
    [0, 0],
    [Math.max(1, width), 0],
  ];
  return [{ ...line, points, ...lookOf(cell.style, "transparent"), ...common }];
}

/** A box with a head, which has its own filling and the label. */
function laneOf(cell: Cell, text: string, box: Box, common: object): FileElement[] {
  const { style } = cell;
  const head = Math.min(box.height, Math.max(0, numberOf(style.get("startSize"), HEAD)));
  const look = { ...lookOf(style, "transparent"), ...common, ...roundnessOf(cell) };
  const filling = colourOf(style.get("swimlaneFillColor"), "transparent");
  const group = [`lane-${cell.id}`, ...(common as { groupIds: string[] }).groupIds];
  const body = { id: newElementId(), type: "rectangle", ...box, ...look, groupIds: group };
  const top = { ...box, height: head || HEAD };
  const parts = shapeWithText("rectangle", top, text, { ...look, groupIds: group });
  const labelled = parts.map((one) => (one.type === "text" ? withLetters(one, cell, top) : one));
  return [{ ...body, backgroundColor: filling }, ...labelled];
}

function inFrame(elements: readonly FileElement[], name: string): FileElement[] {
  const id = newElementId();
  const { x, y, width, height } = boundsOf(elements);
  const frame = {
    ...{ id, type: "frame", x: x - MARGIN, y: y - MARGIN, name: name || null },
    ...{ width: width + 2 * MARGIN, height: height + 2 * MARGIN },
  };
  return [...elements.map((one) => ({ ...one, frameId: id })), frame];
}

function boundsOf(elements: readonly FileElement[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const one of elements) {
    const corners = Array.isArray(one.points) ? (one.points as number[][]) : [[0, 0]];
    const isPath = Array.isArray(one.points);
    for (const [dx = 0, dy = 0] of corners) {
      left = Math.min(left, Number(one.x) + dx);
      top = Math.min(top, Number(one.y) + dy);
      right = Math.max(right, Number(one.x) + (isPath ? dx : Number(one.width)));
      bottom = Math.max(bottom, Number(one.y) + (isPath ? dy : Number(one.height)));
    }
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
