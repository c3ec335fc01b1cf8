/**
 * Pictures in files of other programs. Those that are in the file come along; those at addresses are
 * never asked for, and have a placeholder that says where they are.
 */
import { mayHold } from "../canvas/bounds";
import type { FileElement } from "../canvas/file";
import type { Json } from "../canvas/groups";
import { newElementId } from "../page/ids";

/** Different ones in one drawing; the same one again costs nothing. */
export const MAX_PICTURES = 500;
const MAX_ADDRESS = 300;
const GREY = "#868e96";

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

/** What came of a drawing of another program, and what did not. */
export interface Sketch {
  readonly elements: FileElement[];
  /** The pictures of them, by the ids of files. */
  readonly files: Readonly<Record<string, PictureFile>>;
  /** Pictures at addresses, and the elements in their places. */
  readonly unfetched: readonly Unfetched[];
  /** How many shapes could not be taken. */
  readonly left: number;
  /** How many shapes of other forms became boxes. */
  readonly simplified: number;
}

/** What the pictures of one drawing come to. */
export class Embedded {
  readonly files: Record<string, PictureFile> = {};
  readonly unfetched: Unfetched[] = [];
  private readonly ids = new Map<string, string>();

  /** The element in the place of a picture that is elsewhere; it leads there, unless elsewhere. */
  placeholder(place: FileElement & object, address: string): FileElement {
    this.unfetched.push({ id: place.id ?? null, address: address.slice(0, MAX_ADDRESS) });
    const look = { strokeColor: GREY, strokeStyle: "dashed", strokeWidth: 1, roughness: 0 };
    const isFree = !place.link && /^https?:/i.test(address) && mayHold("link", address);
    return { ...place, type: "rectangle", ...look, ...(isFree ? { link: address } : {}) };
  }

  /** The id of the file for a data URL; `null` when it can't be taken. */
  fileOf(picture: string): string | null {
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
