/**
 * Drawings of tldraw (`.tldr`) as elements: boxes, notes, texts, strokes, lines, arrows and frames.
 * The format is that of tldraw's `TLStore` in version 1 of its files. Pages stand beside each other.
 */
import type { FileElement } from "../canvas/file";
import type { Json } from "../canvas/groups";
import { t } from "../i18n";
import { newElementId } from "../page/ids";
import { Refused } from "./refused";
import { shapeWithText, textAt } from "./sketch";

const VERSION = 1;
const MAX_SHAPES = 20_000;
const MAX_DEPTH = 50;
const PAGE_GAP = 200;
const MAX_POINTS = 5_000;

interface TldrRecord {
  readonly id?: unknown;
  readonly typeName?: unknown;
  readonly type?: unknown;
  readonly parentId?: unknown;
  readonly x?: unknown;
  readonly y?: unknown;
  readonly rotation?: unknown;
  readonly props?: { readonly [name: string]: unknown };
}

interface Shape {
  readonly record: TldrRecord;
  readonly props: { readonly [name: string]: unknown };
  readonly x: number;
  readonly y: number;
  readonly style: { readonly [property: string]: Json };
}

const COLOURS: { readonly [name: string]: string } = {
  ...{ black: "#1e1e1e", grey: "#868e96", white: "#ffffff", red: "#e03131" },
  ...{ "light-red": "#ff8787", orange: "#f08c00", yellow: "#fab005", green: "#2f9e44" },
  ...{ "light-green": "#69db7c", blue: "#1971c2", "light-blue": "#4dabf7" },
  ...{ violet: "#6741d9", "light-violet": "#b197fc" },
};
const WIDTHS: { readonly [size: string]: number } = { s: 1, m: 2, l: 4, xl: 4 };
const DASHES: { readonly [dash: string]: string } = { dashed: "dashed", dotted: "dotted" };
const GEO: { readonly [geo: string]: string } = {
  ...{ ellipse: "ellipse", oval: "ellipse", cloud: "ellipse", diamond: "diamond" },
};
const NOTE_SIZE = 200;

/** The elements, and how many shapes could not be taken. Throws `Refused` with the reason. */
export function elementsOfTldr(file: { readonly [key: string]: unknown }): {
  elements: FileElement[];
  left: number;
} {
  const version = file.tldrawFileFormatVersion;
  if (typeof version !== "number" || version > VERSION)
    throw new Refused(
      t("This file was made by a newer tldraw (format {version}) and was not added.", {
        version: String(version),
      }),
    );
  const records = (Array.isArray(file.records) ? file.records : []) as readonly TldrRecord[];
  const shapes = records.filter((one) => one?.typeName === "shape");
  if (shapes.length > MAX_SHAPES)
    throw new Refused(
      t("This drawing has more than {n} elements and was not added.", { n: MAX_SHAPES }),
    );
  const byId = new Map(shapes.map((one) => [one.id, one]));
  const elements: FileElement[] = [];
  let left = 0;
  let right: number | null = null;
  const pages = new Map<unknown, TldrRecord[]>();
  for (const one of shapes) {
    const page = pageOf(one, byId);
    const own = pages.get(page);
    if (own) own.push(one);
    else pages.set(page, [one]);
  }
  for (const own of pages.values()) {
    const made = own.map((one) => elementsOf(shapeOf(one, byId)));
    left += made.filter((some, at) => some.length === 0 && own[at]?.type !== "group").length;
    const drawn = made.flat();
    const start = drawn.reduce((least, { x }) => Math.min(least, Number(x)), Infinity);
    const shift: number = right === null || drawn.length === 0 ? 0 : right + PAGE_GAP - start;
    for (const one of drawn) elements.push({ ...one, x: Number(one.x) + shift });
    if (drawn.length > 0)
      right =
        shift +
        drawn.reduce((most, one) => Math.max(most, Number(one.x) + Number(one.width)), -Infinity);
  }
  return { elements, left };
}

/** What is on the way from a shape to its page; shapes lie in groups and frames. */
function parentsOf(shape: TldrRecord, byId: ReadonlyMap<unknown, TldrRecord>): TldrRecord[] {
  const parents: TldrRecord[] = [];
  for (let one = byId.get(shape.parentId); one && parents.length < MAX_DEPTH; ) {
    parents.push(one);
    one = byId.get(one.parentId);
  }
  return parents;
}

function pageOf(shape: TldrRecord, byId: ReadonlyMap<unknown, TldrRecord>): unknown {
  return (parentsOf(shape, byId).at(-1) ?? shape).parentId;
}

function shapeOf(record: TldrRecord, byId: ReadonlyMap<unknown, TldrRecord>): Shape {
  const props = record.props ?? {};
  const parents = parentsOf(record, byId);
  let [x, y] = [numberOr(record.x, 0), numberOr(record.y, 0)];
  let angle = numberOr(record.rotation, 0);
  for (const parent of parents) {
    const turn = numberOr(parent.rotation, 0);
    const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
    [x, y] = [x * cos - y * sin, x * sin + y * cos];
    [x, y] = [x + numberOr(parent.x, 0), y + numberOr(parent.y, 0)];
    angle += turn;
  }
  const groupIds = parents.filter(({ type }) => type === "group").map(({ id }) => String(id));
  const frame = parents.find(({ type }) => type === "frame");
  return { record, props, x, y, style: { ...styleOf(props), angle, groupIds, ...frameOf(frame) } };
}

function frameOf(frame: TldrRecord | undefined): { frameId?: string } {
  return frame ? { frameId: String(frame.id) } : {};
}

function styleOf(props: { readonly [name: string]: unknown }): { [property: string]: Json } {
  const colour = COLOURS[String(props.color)] ?? "#1e1e1e";
  const isFilled = props.fill === "solid" || props.fill === "semi" || props.fill === "fill";
  return {
    strokeColor: colour,
    backgroundColor: isFilled || props.fill === "pattern" ? colour : "transparent",
    fillStyle: props.fill === "pattern" ? "hachure" : "solid",
    strokeWidth: WIDTHS[String(props.size)] ?? 2,
    strokeStyle: DASHES[String(props.dash)] ?? "solid",
    roughness: props.dash === "draw" || props.dash === undefined ? 1 : 0,
  };
}

function elementsOf(shape: Shape): FileElement[] {
  const { record, props, x, y, style } = shape;
  const [width, height] = [numberOr(props.w, 100), numberOr(props.h, 100)];
  const text = textOf(props);
  switch (record.type) {
    case "geo":
      return turned(
        shapeWithText(
          GEO[String(props.geo)] ?? "rectangle",
          { x, y, width, height: height + numberOr(props.growY, 0) },
          text,
          style,
        ),
      );
    case "note": {
      const tall = NOTE_SIZE + numberOr(props.growY, 0);
      const note = { ...style, backgroundColor: style.strokeColor ?? null, fillStyle: "solid" };
      return turned(
        shapeWithText("rectangle", { x, y, width: NOTE_SIZE, height: tall }, text, {
          ...note,
          strokeColor: "#1e1e1e",
          opacity: 80,
        }),
      );
    }
    case "text":
      return text.trim() === "" ? [] : [textAt(text, x, y, style)];
    case "frame": {
      const name = typeof props.name === "string" && props.name !== "" ? props.name : null;
      return [{ id: String(record.id), type: "frame", x, y, width, height, name }];
    }
    case "draw":
    case "highlight":
      return pathOf("freedraw", shape, strokeOf(props.segments));
    case "line":
      return pathOf("line", shape, pointsOf(props.points));
    case "arrow":
      return pathOf(
        "arrow",
        shape,
        [props.start, props.end].map(pointOf).filter((one) => one !== null),
      );
    default:
      return [];
  }
}

/** tldraw turns about the upper left corner, the editor about the middle. */
function turned([shape, ...others]: FileElement[]): FileElement[] {
  const angle = numberOr(shape?.angle, 0);
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

function pathOf(type: string, { x, y, style }: Shape, points: [number, number][]): FileElement[] {
  const [first] = points;
  if (!first || points.length < 2) return [];
  const { angle, ...plain } = style;
  const [sin, cos] = [Math.sin(numberOr(angle, 0)), Math.cos(numberOr(angle, 0))];
  const rotated = points.map(([px, py]): [number, number] => [
    px * cos - py * sin,
    px * sin + py * cos,
  ]);
  const [startX, startY] = rotated[0] ?? [0, 0];
  const placed = rotated.map(([px, py]) => [px - startX, py - startY]);
  const [xs, ys] = [placed.map(([px]) => px ?? 0), placed.map(([, py]) => py ?? 0)];
  return [
    {
      ...{ id: newElementId(), type, x: x + startX, y: y + startY, points: placed, ...plain },
      width: Math.max(...xs) - Math.min(...xs),
      height: Math.max(...ys) - Math.min(...ys),
      ...(type === "freedraw" ? { simulatePressure: true, pressures: [] } : {}),
    },
  ];
}

function strokeOf(segments: unknown): [number, number][] {
  const all = (Array.isArray(segments) ? segments : []).flatMap(
    (one: { points?: unknown } | null) => (Array.isArray(one?.points) ? one.points : []),
  );
  const step = Math.max(1, Math.ceil(all.length / MAX_POINTS));
  return all
    .filter((_, at) => at % step === 0)
    .map(pointOf)
    .filter((one) => one !== null);
}

/** Old files have a list, newer ones an object whose entries know their order. */
function pointsOf(points: unknown): [number, number][] {
  if (typeof points !== "object" || points === null) return [];
  const entries = Object.values(points) as { index?: unknown }[];
  const sorted = Array.isArray(points)
    ? entries
    : entries.sort((a, b) => (String(a?.index) < String(b?.index) ? -1 : 1));
  return sorted.map(pointOf).filter((one) => one !== null);
}

function pointOf(point: unknown): [number, number] | null {
  const { x, y } = (point ?? {}) as { x?: unknown; y?: unknown };
  const isPoint = typeof x === "number" && typeof y === "number" && Number.isFinite(x + y);
  return isPoint ? [x, y] : null;
}

function textOf(props: { readonly [name: string]: unknown }): string {
  if (typeof props.text === "string") return props.text;
  return richText(props.richText, 0).replace(/\n$/, "");
}

function richText(node: unknown, depth: number): string {
  if (typeof node !== "object" || node === null || depth > MAX_DEPTH) return "";
  const { type, text, content } = node as { type?: unknown; text?: unknown; content?: unknown };
  if (typeof text === "string") return text;
  const inner = Array.isArray(content)
    ? content.map((one) => richText(one, depth + 1)).join("")
    : "";
  return type === "paragraph" || type === "heading" || type === "hardBreak" ? `${inner}\n` : inner;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}
