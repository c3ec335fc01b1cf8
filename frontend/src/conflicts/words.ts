/** Conflicts in words. */
import type { Json } from "../canvas/groups";
import { wordsOf } from "./groups";
import type { Conflict, ElementDescription } from "./list";

const GROUPS: Record<string, string> = {
  pos: "Position",
  size: "Size",
  angle: "Rotation",
  path: "Shape",
  text: "Text",
  strokeColor: "Stroke colour",
  backgroundColor: "Fill colour",
  fillStyle: "Fill style",
  strokeWidth: "Stroke width",
  strokeStyle: "Stroke style",
  roughness: "Sloppiness",
  opacity: "Opacity",
  roundness: "Corners",
  startArrowhead: "Arrowhead at the start",
  endArrowhead: "Arrowhead at the end",
  fontSize: "Font size",
  fontFamily: "Font",
  textAlign: "Text alignment",
  verticalAlign: "Vertical alignment",
  lineHeight: "Line height",
  groupIds: "Grouping",
  frameId: "Frame",
  crop: "Crop",
  name: "Name",
  link: "Link",
  locked: "Lock",
  del: "Deleted or kept",
};

const TYPES: Record<string, string> = {
  rectangle: "Rectangle",
  ellipse: "Ellipse",
  diamond: "Diamond",
  arrow: "Arrow",
  line: "Line",
  freedraw: "Drawing",
  text: "Text",
  image: "Image",
  frame: "Frame",
};

const MAX_WORDS = 40;

/** What was changed: "Position". */
export function groupLabel(group: string): string {
  return GROUPS[group] ?? group;
}

/** Which element: "Rectangle “Plan”". */
export function elementLabel({ elementType, words }: ElementDescription): string {
  const type = TYPES[elementType] ?? "Element";
  return words ? `${type} “${shorten(words)}”` : type;
}

/** A value, where words can say it; empty where one has to look at the canvas. */
export function valueLabel(conflict: Conflict, value: Json): string {
  const { group } = conflict;
  if (group === "del") {
    if (value) return "Deleted it";
    const edited = conflict.edited.map((key) => groupLabel(key).toLowerCase());
    return edited.length > 0 ? `Changed its ${edited.join(", ")}` : "Changed it";
  }
  if (group === "text") return `“${shorten(wordsOf(value) ?? "")}”`;
  if (group === "pos") return pairLabel(value, (x, y) => `Moved to ${x}, ${y}`);
  if (group === "size") return pairLabel(value, (width, height) => `${width} × ${height}`);
  if (group === "angle" && typeof value === "number") {
    return `${Math.round((value * 180) / Math.PI)}°`;
  }
  if (group === "locked") return value ? "Locked" : "Unlocked";
  return typeof value === "string" || typeof value === "number" ? shorten(String(value)) : "";
}

/** The colour to show beside a value; `null` for everything that is none. */
export function colourOf({ group }: Conflict, value: Json): string | null {
  if (!group.endsWith("Color") || typeof value !== "string") return null;
  return /^#[0-9a-f]{3,8}$/i.test(value) ? value : null;
}

/** "2 conflicts". */
export function countConflicts(count: number): string {
  return count === 1 ? "1 conflict" : `${count} conflicts`;
}

function pairLabel(value: Json, label: (a: number, b: number) => string): string {
  if (!Array.isArray(value)) return "";
  return label(Math.round(Number(value[0])), Math.round(Number(value[1])));
}

function shorten(words: string): string {
  const line = words.replace(/\s+/g, " ").trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS - 1)}…` : line;
}
