/** Where the editor puts words in a shape: after they are measured, for that decides how large they are. */
import type { SceneElement } from "../canvas/groups";

/** The editor's own, on every side of a text in a shape. */
const PADDING = 5;

/** The elements with each label where its alignment wants it in its shape; those of arrows stay. */
export function inTheirShapes(elements: readonly SceneElement[]): SceneElement[] {
  const byId = new Map(elements.map((one) => [one.id, one]));
  return elements.map((one) => {
    const shape = one.type === "text" ? byId.get(one.containerId as string) : undefined;
    if (!shape || shape.type === "arrow" || shape.type === "line") return one;
    return { ...one, ...placeIn(shape, one) };
  });
}

function placeIn(shape: SceneElement, text: SceneElement): { x: number; y: number } {
  const [width, height] = [Number(shape.width), Number(shape.height)];
  const [own, high] = [Number(text.width), Number(text.height)];
  // From the middle of the shape to that of the text, while the shape is not turned.
  const across = shiftOf(text.textAlign, ["left", "right"], width, own, edgeOf(shape.type, width));
  const ends = ["top", "bottom"] as const;
  const down = shiftOf(text.verticalAlign, ends, height, high, edgeOf(shape.type, height));
  const angle = Number(shape.angle ?? 0);
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return {
    x: Number(shape.x) + width / 2 + across * cos - down * sin - own / 2,
    y: Number(shape.y) + height / 2 + across * sin + down * cos - high / 2,
  };
}

function shiftOf(
  align: unknown,
  [first, last]: readonly [string, string],
  room: number,
  size: number,
  edge: number,
): number {
  if (align === first) return edge + size / 2 - room / 2;
  return align === last ? room / 2 - size / 2 - edge : 0;
}

/** How far in a shape its words begin. */
function edgeOf(type: unknown, room: number): number {
  if (type === "ellipse") return PADDING + (room / 2) * (1 - Math.SQRT1_2);
  return type === "diamond" ? PADDING + room / 4 : PADDING;
}
