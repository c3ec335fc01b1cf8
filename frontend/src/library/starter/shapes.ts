/** What the drawings of the starter set are made of: few words, one look. */
import type { FileElement } from "../../canvas/file";
import type { Json } from "../../canvas/groups";
import { type Box, shapeWithText } from "../../files/sketch";
import { newElementId } from "../../page/ids";

type Style = { readonly [property: string]: Json };
type Point = readonly [number, number];

export const INK = "#1e1e1e";
export const BLUE = "#a5d8ff";
export const GREEN = "#b2f2bb";
export const YELLOW = "#ffec99";
export const RED = "#ffc9c9";
export const VIOLET = "#d0bfff";
export const GREY = "#e9ecef";

const LINE_HEIGHT = 1.25;
/** Of the hand-written font; the editor measures again when it draws. */
const CHARACTER = 0.55;
const LOOK: Style = { strokeColor: INK, fillStyle: "solid", strokeWidth: 2, roughness: 1 };
const ROUND: Style = { roundness: { type: 3 } };
const SMOOTH: Style = { roundness: { type: 2 } };

/** A shape with a text in its middle; rectangles and diamonds are rounded. */
export function shape(
  type: "rectangle" | "diamond" | "ellipse",
  at: Box,
  label = "",
  style: Style = {},
): FileElement[] {
  const corners = type === "ellipse" ? {} : ROUND;
  return shapeWithText(type, at, label, { ...LOOK, ...corners, ...style });
}

export function box(x: number, y: number, width: number, height: number): Box {
  return { x, y, width, height };
}

/** A text of its own; `x` is its left edge, its middle or its right edge, as `textAlign` says. */
export function text(words: string, x: number, y: number, style: Style = {}): FileElement {
  const fontSize = Number(style.fontSize ?? 20);
  const lines = words.split("\n");
  const width = Math.max(...lines.map((one) => one.length)) * fontSize * CHARACTER;
  const textAlign = style.textAlign ?? "left";
  const left = textAlign === "center" ? x - width / 2 : x;
  return {
    ...{ id: newElementId(), type: "text", x: left, y, text: words, originalText: words },
    ...{ fontFamily: 5, lineHeight: LINE_HEIGHT, strokeColor: INK },
    ...{ width, height: lines.length * fontSize * LINE_HEIGHT },
    ...{ ...style, fontSize, textAlign },
  };
}

/** A line through these points; `style` makes an arrow of it, or bends it. */
export function line(points: readonly Point[], style: Style = {}): FileElement {
  const [start = [0, 0]] = points;
  const [x, y] = start;
  const own = points.map(([px, py]) => [px - x, py - y]);
  const xs = own.map(([px = 0]) => px);
  const ys = own.map(([, py = 0]) => py);
  return {
    ...{ id: newElementId(), type: "line", x, y, ...LOOK, points: own },
    width: Math.max(...xs) - Math.min(...xs),
    height: Math.max(...ys) - Math.min(...ys),
    ...style,
  };
}

/** The same as a closed surface. */
export function surface(points: readonly Point[], style: Style = {}): FileElement {
  const [first] = points;
  return line(first ? [...points, first] : points, style);
}

export function arrow(points: readonly Point[], style: Style = {}): FileElement {
  return line(points, { type: "arrow", endArrowhead: "arrow", ...style });
}

export function bent(style: Style = {}): Style {
  return { ...SMOOTH, ...style };
}

/** An upright cylinder: a database, a disk. */
export function cylinder(at: Box, style: Style): FileElement[] {
  const { x, y, width, height } = at;
  const [rim, bottom] = [height * 0.1, y + height];
  const wall: Point[] = [];
  const steps = 12;
  for (let n = 0; n <= steps; n += 1) {
    const angle = (Math.PI * n) / steps;
    wall.push([
      x + width / 2 + (width / 2) * Math.cos(angle),
      bottom - rim + rim * Math.sin(angle),
    ]);
  }
  const sides: Point[] = [[x + width, y + rim], ...wall, [x, y + rim]];
  return [
    surface(sides, { ...style, roughness: 0.5 }),
    ...shape("ellipse", box(x, y, width, rim * 2), "", { ...style, roughness: 0.5 }),
  ];
}
