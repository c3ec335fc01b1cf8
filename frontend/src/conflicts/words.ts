/** Conflicts in words. */
import type { Json } from "../canvas/groups";
import { isLongerThan, shortened } from "../characters";
import { t, tn } from "../i18n";
import { wordsOf } from "./groups";
import type { Conflict, ElementDescription } from "./list";

const GROUPS: Record<string, () => string> = {
  pos: () => t("Position"),
  size: () => t("Size"),
  angle: () => t("Rotation"),
  path: () => t("Shape"),
  text: () => t("Text"),
  strokeColor: () => t("Stroke colour"),
  backgroundColor: () => t("Fill colour"),
  fillStyle: () => t("Fill style"),
  strokeWidth: () => t("Stroke width"),
  strokeStyle: () => t("Stroke style"),
  roughness: () => t("Sloppiness"),
  opacity: () => t("Opacity"),
  roundness: () => t("Corners"),
  startArrowhead: () => t("Arrowhead at the start"),
  endArrowhead: () => t("Arrowhead at the end"),
  fontSize: () => t("Font size"),
  fontFamily: () => t("Font"),
  textAlign: () => t("Text alignment"),
  verticalAlign: () => t("Vertical alignment"),
  lineHeight: () => t("Line height"),
  groupIds: () => t("Grouping"),
  frameId: () => t("Frame"),
  crop: () => t("Crop"),
  name: () => t("Name"),
  link: () => t("Link"),
  locked: () => t("Lock"),
  del: () => t("Deleted or kept"),
};

const TYPES: Record<string, () => string> = {
  rectangle: () => t("Rectangle"),
  note: () => t("Note"),
  ellipse: () => t("Ellipse"),
  diamond: () => t("Diamond"),
  arrow: () => t("Arrow"),
  line: () => t("Line"),
  freedraw: () => t("Drawing"),
  text: () => t("Text"),
  image: () => t("Image"),
  frame: () => t("Frame"),
};

const MAX_WORDS = 40;

/** What was changed: "Position". */
export function groupLabel(group: string): string {
  return GROUPS[group]?.() ?? group;
}

/** Which element: "Rectangle “Plan”". */
export function elementLabel({ elementType, words }: ElementDescription): string {
  const type = TYPES[elementType]?.() ?? t("Element");
  return words ? t("{type} “{words}”", { type, words: shorten(words) }) : type;
}

/** A value, where words can say it; empty where one has to look at the canvas. */
export function valueLabel(conflict: Conflict, value: Json): string {
  const { group } = conflict;
  if (group === "del") {
    if (value) return t("Deleted it");
    const { edited } = conflict;
    const changed = edited.filter((key) => key !== "del");
    if (changed.length > 0) {
      return t("Changed: {properties}", { properties: changed.map(groupLabel).join(", ") });
    }
    return edited.length > 0 ? t("Brought it back") : t("Changed it");
  }
  if (group === "text") return t("“{words}”", { words: shorten(wordsOf(value) ?? "") });
  if (group === "pos") return placeLabel(conflict, value);
  if (group === "size") return pairLabel(value, (width, height) => `${width} × ${height}`);
  if (group === "angle" && typeof value === "number") {
    return `${Math.round((value * 180) / Math.PI)}°`;
  }
  if (group === "locked") return value ? t("Locked") : t("Unlocked");
  return typeof value === "string" || typeof value === "number" ? shorten(String(value)) : "";
}

/** The colour to show beside a value; `null` for everything that is none. */
export function colourOf({ group }: Conflict, value: Json): string | null {
  if (!group.endsWith("Color") || typeof value !== "string") return null;
  return /^#[0-9a-f]{3,8}$/i.test(value) ? value : null;
}

/** "2 conflicts". */
export function countConflicts(count: number): string {
  return tn(count, "1 conflict", "{n} conflicts");
}

/** Where it would be, seen from where it is: coordinates say nothing to people. */
function placeLabel({ sides, shownSide }: Conflict, value: Json): string {
  const shown = sides[shownSide]?.value;
  if (!Array.isArray(shown)) return pairLabel(value, (x, y) => t("Moved to {x}, {y}", { x, y }));
  return pairLabel(value, (x, y) => {
    const [right, down] = [x - Math.round(Number(shown[0])), y - Math.round(Number(shown[1]))];
    const ways = [
      right > 0 && t("{n} to the right", { n: right }),
      right < 0 && t("{n} to the left", { n: -right }),
      down > 0 && t("{n} further down", { n: down }),
      down < 0 && t("{n} further up", { n: -down }),
    ].filter((way) => way !== false);
    return ways.length > 0 ? ways.join(", ") : t("Where it is now");
  });
}

function pairLabel(value: Json, label: (a: number, b: number) => string): string {
  if (!Array.isArray(value)) return "";
  return label(Math.round(Number(value[0])), Math.round(Number(value[1])));
}

function shorten(words: string): string {
  const line = words.replace(/\s+/g, " ").trim();
  return isLongerThan(line, MAX_WORDS) ? `${shortened(line, MAX_WORDS - 1)}…` : line;
}
