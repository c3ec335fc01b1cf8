/**
 * Shapes of tldraw as elements: boxes, notes, texts, strokes, lines, frames, pictures and bookmarks.
 * What belongs to several of them, as arrows do, is in `elements.ts`.
 */
import type { FileElement } from "../canvas/file";
import type { Json } from "../canvas/groups";
import type { Embedded } from "../files/embedded";
import { type Box, type Point, shapeWithText, textAt } from "../files/sketch";
import { MAX_NOTES } from "../notes/grid";
import { fittedNote } from "../notes/measure";
import { noteWithText } from "../notes/note";
import { newElementId } from "../page/ids";
import {
  numberOr,
  onPage,
  type Place,
  type Props,
  pointOf,
  type Records,
  type TldrRecord,
} from "./records";
import { strokeOf } from "./strokes";
import { type Look, lettersOf, lightColour, wordsOf } from "./style";

const CURVE = { type: 2 };
const NOTE_SIZE = 200;
const FONT = { fontSize: 20, fontFamily: 5, lineHeight: 1.25 };
const HIGHLIGHT = { opacity: 35, roughness: 0 };
const HIGHLIGHT_WIDTH = 6;
const TYPES: { readonly [geo: string]: string } = {
  ...{ rectangle: "rectangle", ellipse: "ellipse", oval: "ellipse" },
  ...{ diamond: "diamond", rhombus: "diamond", "rhombus-2": "diamond" },
};

/** What the shapes of one drawing share. */
export interface Making {
  readonly records: Records;
  readonly pictures: Embedded;
  /** The element that arrows to a shape are bound to. */
  readonly made: Map<unknown, FileElement>;
  simplified: number;
  notes: number;
}

/** One shape, and where it is. */
export interface Shape {
  readonly record: TldrRecord;
  readonly props: Props;
  readonly place: Place;
  readonly look: Look;
}

/** The elements of a shape: none for what there is nothing like. The first stands for it. */
export function elementsOf(shape: Shape, making: Making): FileElement[] {
  const { record, props, place, look } = shape;
  switch (record.type) {
    case "geo":
      return boxWithWords(shape, making);
    case "note":
      return noteOf(shape, making);
    case "text":
      return textOf(shape);
    case "frame":
      return [{ ...frameOf(shape), ...pick(look, ["locked", "opacity"]) }];
    case "draw":
    case "highlight":
      return strokeIn(shape);
    case "line":
      return pathOf("line", pointsOf(props.points), place, {
        ...look,
        backgroundColor: "transparent",
        roundness: props.spline === "cubic" ? CURVE : null,
      });
    case "image":
      return pictureOf(shape, making);
    case "bookmark":
    case "embed":
      return bookmarkOf(shape, making.records);
    default:
      return [];
  }
}

function sizeOf({ props, place }: Shape): Box {
  const [width, height] = [numberOr(props.w, 100), numberOr(props.h, 100)];
  return { x: place.x, y: place.y, width, height: height + numberOr(props.growY, 0) };
}

function boxWithWords(shape: Shape, making: Making): FileElement[] {
  const { props, look, place } = shape;
  const type = TYPES[String(props.geo ?? "rectangle")];
  if (!type) making.simplified += 1;
  const made = shapeWithText(type ?? "rectangle", sizeOf(shape), wordsOf(props), look);
  const letters = { ...lettersOf(props, true), ...pick(look, ["opacity", "locked"]) };
  const labelled = made.map((one) => (one.type === "text" ? { ...one, ...letters } : one));
  return turned(labelled, place.angle);
}

function noteOf({ props, place, look }: Shape, making: Making): FileElement[] {
  const side = NOTE_SIZE * Math.min(8, Math.max(0.1, numberOr(props.scale, 1)));
  const box = { x: place.x, y: place.y, width: side, height: side };
  const kept = pick(look, ["groupIds", "frameId", "opacity", "locked", "link"]);
  making.notes += 1;
  const [colour, words] = [lightColour(props.color), wordsOf(props)];
  // To fit a text takes several measurements.
  const isFitted = making.notes <= MAX_NOTES;
  const note = isFitted ? fittedNote(box, colour, words) : noteWithText(box, colour, words, FONT);
  return turned(
    note.map((one) => ({ ...one, ...kept })),
    place.angle,
  );
}

function textOf({ props, place, look }: Shape): FileElement[] {
  const words = wordsOf(props);
  if (words.trim() === "") return [];
  const kept = pick(look, ["groupIds", "frameId", "opacity", "locked"]);
  const text = textAt(words, place.x, place.y, { ...lettersOf(props, false), ...kept });
  const part = Number(text.fontSize) / 20;
  const isWrapped = props.autoSize === false;
  const width = isWrapped ? numberOr(props.w, 100) : Number(text.width) * part;
  const sized = { ...text, width, height: Number(text.height) * part };
  return turned([isWrapped ? { ...sized, autoResize: false } : sized], place.angle);
}

function frameOf(shape: Shape): FileElement {
  const { record, props } = shape;
  const name = typeof props.name === "string" && props.name !== "" ? props.name : null;
  return { id: String(record.id), type: "frame", ...sizeOf(shape), name };
}

function strokeIn({ record, props, place, look }: Shape): FileElement[] {
  const points = strokeOf(props);
  const isPen = props.isPen === true;
  const own = {
    simulatePressure: !isPen,
    pressures: isPen ? points.map(({ pressure }) => pressure) : [],
  };
  const width = HIGHLIGHT_WIDTH * Number(look.strokeWidth);
  const seen = record.type === "highlight" ? { ...HIGHLIGHT, strokeWidth: width } : {};
  return pathOf("freedraw", points, place, { ...look, ...own, ...seen });
}

function pictureOf(shape: Shape, { records, pictures }: Making): FileElement[] {
  const { props, place, look } = shape;
  const asset = records.assetOf(props);
  const source = typeof asset?.src === "string" ? asset.src : "";
  const kept = pick(look, ["groupIds", "frameId", "opacity", "locked", "link"]);
  const box: FileElement & object = { id: newElementId(), ...sizeOf(shape), ...kept };
  if (/^https?:/i.test(source)) return turned([pictures.placeholder(box, source)], place.angle);
  const fileId = pictures.fileOf(source);
  if (fileId === null || !asset || Number(box.width) <= 0 || Number(box.height) <= 0) return [];
  const scale = [props.flipX === true ? -1 : 1, props.flipY === true ? -1 : 1];
  const image = {
    ...box,
    type: "image",
    fileId,
    status: "saved",
    scale,
    crop: cropOf(props, asset),
  };
  return turned([image], place.angle);
}

/** tldraw has the corners as shares of the picture. */
function cropOf({ crop }: Props, { w, h }: Props): Json {
  const { topLeft, bottomRight } = (crop ?? {}) as { topLeft?: unknown; bottomRight?: unknown };
  const [start, end] = [pointOf(topLeft), pointOf(bottomRight)];
  const [width, height] = [numberOr(w, 0), numberOr(h, 0)];
  if (!start || !end || width <= 0 || height <= 0) return null;
  const [across, down] = [end.x - start.x, end.y - start.y];
  if (start.x < 0 || start.y < 0 || across <= 0 || down <= 0 || end.x > 1 || end.y > 1) return null;
  return {
    ...{ x: start.x * width, y: start.y * height, width: across * width, height: down * height },
    ...{ naturalWidth: width, naturalHeight: height },
  };
}

function bookmarkOf(shape: Shape, records: Records): FileElement[] {
  const { props, look, place } = shape;
  const title = records.assetOf(props)?.title;
  const words = typeof title === "string" && title !== "" ? title : String(props.url ?? "");
  return turned(shapeWithText("rectangle", sizeOf(shape), words, look), place.angle);
}

/** Old files have a list, newer ones an object whose entries know their order. */
function pointsOf(points: unknown): Point[] {
  if (typeof points !== "object" || points === null) return [];
  const entries = Object.values(points) as { index?: unknown }[];
  const sorted = Array.isArray(points)
    ? entries
    : entries.sort((a, b) => (String(a?.index) < String(b?.index) ? -1 : 1));
  return sorted.map(pointOf).filter((one) => one !== null);
}

function pathOf(type: string, own: readonly Point[], place: Place, look: Look): FileElement[] {
  const points = own.map((one) => onPage(one, place));
  const [first] = points;
  if (!first || points.length < 2) return [];
  const xs = points.map(({ x }) => x - first.x);
  const ys = points.map(({ y }) => y - first.y);
  return [
    {
      ...{ id: newElementId(), type, x: first.x, y: first.y, ...look, angle: 0 },
      points: xs.map((x, at) => [x, ys[at] ?? 0]),
      width: Math.max(...xs) - Math.min(...xs),
      height: Math.max(...ys) - Math.min(...ys),
    },
  ];
}

/** tldraw turns about the upper left corner, the editor about the middle. */
function turned([shape, ...others]: FileElement[], angle: number): FileElement[] {
  if (!shape || angle === 0) return shape ? [shape, ...others] : [];
  const [halfWidth, halfHeight] = [Number(shape.width) / 2, Number(shape.height) / 2];
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const dx = halfWidth * cos - halfHeight * sin - halfWidth;
  const dy = halfWidth * sin + halfHeight * cos - halfHeight;
  return [shape, ...others].map((one) => ({
    ...one,
    angle,
    x: Number(one.x) + dx,
    y: Number(one.y) + dy,
  }));
}

function pick(look: Look, names: readonly string[]): Look {
  return Object.fromEntries(Object.entries(look).filter(([name]) => names.includes(name)));
}
