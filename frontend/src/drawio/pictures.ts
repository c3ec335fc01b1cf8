/**
 * Pictures in cells of draw.io. Those that are in the file come along; those at addresses are never
 * asked for, and have a placeholder that says where they are.
 */
import { mayHold } from "../canvas/bounds";
import type { FileElement } from "../canvas/file";
import type { Json } from "../canvas/groups";
import type { Box } from "../files/sketch";
import { newElementId } from "../page/ids";
import type { Cell } from "./mxfile";
import { lookOf, numberOf, type Style } from "./style";

/** Different ones in one drawing; the same one again costs nothing. */
export const MAX_PICTURES = 500;
const MAX_ADDRESS = 300;
const GREY = "#868e96";
/** Of a picture in a box: how large it is, and how far from the edge, unless its style says so. */
const [ICON, SPACING] = [24, 5];

/** How the bytes of each kind begin, in base64; `null`: this is text. */
const KINDS: ReadonlyMap<string, string | null> = new Map([
  ["image/png", "iVBORw0KGgo"],
  ["image/jpeg", "/9j/"],
  ["image/gif", "R0lGOD"],
  ["image/webp", "UklGR"],
  ["image/svg+xml", null],
]);
const DATA = /^data:(image\/[a-z+]+)(?:;base64)?,/i;
const DIGITS = /^[A-Za-z0-9+/]+$/;

/** As the editor takes it. */
export interface PictureFile {
  readonly id: string;
  readonly mimeType: string;
  readonly dataURL: string;
  readonly created: number;
}

/** A picture that is somewhere else, and the element in its place. */
export interface Unfetched {
  readonly id: Json;
  readonly address: string;
}

/** What the pictures of one drawing come to. */
export class Pictures {
  readonly files: Record<string, PictureFile> = {};
  readonly unfetched: Unfetched[] = [];
  private readonly ids = new Map<string, string>();

  /** The element for the picture of a cell; `null` when it can't be taken. */
  elementOf({ picture, style, link }: Cell, box: Box, common: object): FileElement | null {
    if (picture === null) return null;
    const { angle, opacity } = lookOf(style, "transparent");
    const place = { id: newElementId(), ...box, angle: angle ?? 0, opacity: opacity ?? 100 };
    if (!picture.startsWith("data:"))
      return this.placeholder({ ...place, ...common }, picture, link);
    const fileId = this.fileOf(picture);
    if (fileId === null || box.width <= 0 || box.height <= 0) return null;
    const scale = [isOn(style, "flipH") ? -1 : 1, isOn(style, "flipV") ? -1 : 1];
    return { ...place, type: "image", fileId, status: "saved", scale, ...common };
  }

  private placeholder(
    place: FileElement & object,
    address: string,
    link: string | null,
  ): FileElement {
    this.unfetched.push({ id: place.id ?? null, address: address.slice(0, MAX_ADDRESS) });
    const look = { strokeColor: GREY, strokeStyle: "dashed", strokeWidth: 1, roughness: 0 };
    const isFree = link === null && /^https?:/i.test(address) && mayHold("link", address);
    return { ...place, type: "rectangle", ...look, ...(isFree ? { link: address } : {}) };
  }

  private fileOf(picture: string): string | null {
    const known = this.ids.get(picture);
    if (known !== undefined) return known;
    const [head = "", kind = ""] = DATA.exec(picture) ?? [];
    const mimeType = kind.toLowerCase().replace(/^image\/jpg$/, "image/jpeg");
    const start = KINDS.get(mimeType);
    const digits = picture.slice(head.length).replace(/[\s=]/g, "");
    if (start === undefined || !DIGITS.test(digits) || !digits.startsWith(start ?? "")) return null;
    if (this.ids.size >= MAX_PICTURES) return null;
    const id = newElementId();
    const filling = "=".repeat((4 - (digits.length % 4)) % 4);
    const dataURL = `data:${mimeType};base64,${digits}${filling}`;
    this.files[id] = { id, mimeType, dataURL, created: Date.now() };
    this.ids.set(picture, id);
    return id;
  }
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
