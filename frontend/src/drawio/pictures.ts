/** Pictures in cells of draw.io. */
import type { FileElement } from "../canvas/file";
import type { Embedded } from "../files/embedded";
import type { Box } from "../files/sketch";
import { newElementId } from "../page/ids";
import type { Cell } from "./mxfile";
import { lookOf, numberOf, type Style } from "./style";

/** Of a picture in a box: how large it is, and how far from the edge, unless its style says so. */
const [ICON, SPACING] = [24, 5];

/** The element for the picture of a cell; `null` when it can't be taken. */
export function pictureIn(
  { picture, style }: Cell,
  box: Box,
  common: object,
  pictures: Embedded,
): FileElement | null {
  if (picture === null) return null;
  const { angle, opacity } = lookOf(style, "transparent");
  const place = { id: newElementId(), ...box, angle: angle ?? 0, opacity: opacity ?? 100 };
  if (!picture.startsWith("data:")) return pictures.placeholder({ ...place, ...common }, picture);
  const fileId = pictures.fileOf(picture);
  if (fileId === null || box.width <= 0 || box.height <= 0) return null;
  const scale = [isOn(style, "flipH") ? -1 : 1, isOn(style, "flipV") ? -1 : 1];
  return { ...place, type: "image", fileId, status: "saved", scale, ...common };
}

/** Where the picture of a box with a picture and words stands in it. */
export function iconBox(style: Style, box: Box): Box {
  const width = Math.max(1, numberOf(style.get("imageWidth"), ICON));
  const height = Math.max(1, numberOf(style.get("imageHeight"), ICON));
  const spacing = numberOf(style.get("spacing"), SPACING);
  const at = (align: string, first: string, last: string, from: number, room: number) =>
    from + (align === first ? spacing : align === last ? room - spacing : room / 2);
  const x = at(style.get("imageAlign") ?? "left", "left", "right", box.x, box.width - width);
  const y = at(
    style.get("imageVerticalAlign") ?? "middle",
    ...(["top", "bottom"] as const),
    box.y,
    box.height - height,
  );
  return { x, y, width, height };
}

function isOn(style: Style, name: string): boolean {
  return style.get(name) === "1";
}
