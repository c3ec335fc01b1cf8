/** The result of a vote as part of the drawing: a dot with its number on each object. */
import type { FileElement } from "../canvas/file";
import { measured } from "../notes/measure";
import { addElements, IMMEDIATELY } from "../notes/scene";
import { newElementId } from "../page/ids";
import type { JoinedBoard } from "../page/useBoard";
import type { Results } from "./state";

const SIZE = 40;
const FILL = "#4f46e5";

/** In one step of undo; objects that are gone get none. */
export function keepResults({ api }: JoinedBoard, { ranked }: Results): void {
  const byId = new Map(api.getSceneElements().map((one) => [one.id, one]));
  const dots = ranked.flatMap(([id, count]) => {
    const object = byId.get(id);
    return object ? dotOn(object, count) : [];
  });
  if (dots.length > 0) addElements(api, measured(dots), [], IMMEDIATELY);
}

function dotOn(
  { x, y, width, frameId }: { x: number; y: number; width: number; frameId: string | null },
  count: number,
): FileElement[] {
  const box = { x: x + width - SIZE / 2, y: y - SIZE / 2, width: SIZE, height: SIZE };
  const [dot, number, group] = [newElementId(), newElementId(), newElementId()];
  const shared = { groupIds: [group], frameId };
  return [
    {
      ...{ id: dot, type: "ellipse", ...box, ...shared },
      ...{ backgroundColor: FILL, fillStyle: "solid", strokeColor: "transparent" },
      ...{ strokeWidth: 1, strokeStyle: "solid", roughness: 0, opacity: 100 },
      boundElements: [{ id: number, type: "text" }],
    },
    {
      ...{ id: number, type: "text", containerId: dot, ...shared, x: box.x, y: box.y },
      ...{ text: String(count), originalText: String(count), strokeColor: "#ffffff" },
      ...{ fontSize: 16, fontFamily: 6, lineHeight: 1.25 },
      ...{ textAlign: "center", verticalAlign: "middle" },
    },
  ];
}
