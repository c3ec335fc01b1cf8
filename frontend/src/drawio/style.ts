/** The style of a cell of draw.io: `name;key=value;…`, and what it is on the board. */
import type { Json } from "../canvas/groups";

export type Style = ReadonlyMap<string, string>;

/** The names without a value stand under `""`; the last `shape` wins. */
export function parseStyle(text: string): Style {
  const style = new Map<string, string>();
  for (const part of text.slice(0, 20_000).split(";")) {
    const at = part.indexOf("=");
    if (at > 0) style.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
    else if (part.trim() !== "" && !style.has("")) style.set("", part.trim());
  }
  return style;
}

/** A picture may be megabytes of data, and has a semicolon of its own. */
const PICTURE = /(^|;)\s*image=(data:image\/[^,;]*(?:;base64)?,[^;]*|[^;]*)/;

/** The picture that a style names, by data or by an address; `null` without one. */
export function pictureIn(text: string): string | null {
  return PICTURE.exec(text)?.[2]?.trim() || null;
}

/** The style without it; that there is one stays. */
export function withoutPicture(text: string): string {
  return text.replace(PICTURE, "$1image=1");
}

const DARK = "#1e1e1e";
const COLOUR = /#[0-9a-f]{6}\b|#[0-9a-f]{3}\b/i;
const NO = new Set(["none", "transparent"]);

/** The first colour that a value names; newer files have one for each theme. */
export function colourOf(value: string | undefined, otherwise: string): string {
  if (value === undefined || value === "default") return otherwise;
  if (NO.has(value)) return "transparent";
  return COLOUR.exec(value)?.[0].toLowerCase() ?? otherwise;
}

/** Lines and filling. `fill` is the colour of what has no filling of its own. */
export function lookOf(style: Style, fill: string): Record<string, Json> {
  const dashes = style.get("dashPattern");
  const isDotted = dashes !== undefined && Number.parseFloat(dashes) <= 2;
  const isDashed = style.get("dashed") === "1";
  return {
    strokeColor: visible(colourOf(style.get("strokeColor"), DARK)),
    backgroundColor: colourOf(style.get("fillColor"), fill),
    fillStyle: "solid",
    strokeWidth: Math.max(1, Math.min(8, numberOf(style.get("strokeWidth"), 1))),
    strokeStyle: isDashed ? (isDotted ? "dotted" : "dashed") : "solid",
    roughness: style.get("sketch") === "1" ? 1 : 0,
    opacity: Math.max(0, Math.min(100, numberOf(style.get("opacity"), 100))),
    angle: (numberOf(style.get("rotation"), 0) * Math.PI) / 180,
  };
}

/** What draw.io writes in black follows the theme here. */
function visible(colour: string): string {
  return colour === "#000000" || colour === "#000" ? DARK : colour;
}

/** Letters of a label. */
export function lettersOf(style: Style): Record<string, Json> {
  return {
    fontSize: Math.max(6, Math.min(200, numberOf(style.get("fontSize"), 12))),
    strokeColor: visible(colourOf(style.get("fontColor"), DARK)),
  };
}

export function numberOf(text: string | undefined, otherwise: number): number {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : otherwise;
}

type Heads = readonly [full: string, outline: string];

const HEADS: ReadonlyMap<string, Heads> = new Map<string, Heads>(
  Object.entries<Heads>({
    classic: ["arrow", "arrow"],
    classicThin: ["arrow", "arrow"],
    open: ["arrow", "arrow"],
    openThin: ["arrow", "arrow"],
    openAsync: ["arrow", "arrow"],
    async: ["arrow", "arrow"],
    block: ["triangle", "triangle_outline"],
    blockThin: ["triangle", "triangle_outline"],
    oval: ["circle", "circle_outline"],
    circle: ["circle", "circle_outline"],
    diamond: ["diamond", "diamond_outline"],
    diamondThin: ["diamond", "diamond_outline"],
    dash: ["bar", "bar"],
    box: ["bar", "bar"],
    ERone: ["bar", "bar"],
    ERmandOne: ["crowfoot_one", "crowfoot_one"],
    ERzeroToOne: ["crowfoot_one", "crowfoot_one"],
    ERmany: ["crowfoot_many", "crowfoot_many"],
    ERoneToMany: ["crowfoot_one_or_many", "crowfoot_one_or_many"],
    ERzeroToMany: ["crowfoot_one_or_many", "crowfoot_one_or_many"],
  }),
);

/** What stands at an end of an edge. */
export function headOf(style: Style, end: "start" | "end"): string | null {
  const name = style.get(`${end}Arrow`) ?? (end === "end" ? "classic" : "none");
  if (name === "none" || name === "") return null;
  const [full, outline] = HEADS.get(name) ?? ["arrow", "arrow"];
  return style.get(`${end}Fill`) === "0" ? outline : full;
}
