/** Edges of draw.io as arrows, bound to the shapes that they lead to, with their labels. */
import type { FileElement } from "../canvas/file";
import { bindingTo } from "../files/bound";
import { type Point, textAt } from "../files/sketch";
import { newElementId } from "../page/ids";
import type { Making } from "./elements";
import { plainLabel } from "./label";
import type { Cell } from "./mxfile";
import type { Places } from "./places";
import { along, routeOf } from "./routes";
import { headOf, lettersOf, lookOf } from "./style";

const CURVE = { type: 2 };

/** Whether a cell is a label that hangs on an edge. */
export function isLabelOfEdge(cell: Cell, places: Places): boolean {
  return cell.isVertex && places.cell(cell.parent)?.isEdge === true;
}

/** The arrow, its label, and further labels as texts of their own. */
export function edgeOf(edge: Cell, hanging: readonly Cell[], making: Making): FileElement[] {
  const { places, byCell } = making;
  const [source, target] = [places.cell(edge.source), places.cell(edge.target)];
  const origin = places.originIn(places.cell(edge.parent));
  const boxOf = (cell: Cell | undefined) => (cell?.isVertex ? places.boxOf(cell) : null);
  const points = routeOf(edge, boxOf(source), boxOf(target), origin);
  const [start = { x: 0, y: 0 }] = points;
  if (points.every(({ x, y }) => x === start.x && y === start.y)) {
    making.left += 1;
    return [];
  }
  const boundTo = (id: string | null) => bindingTo(id === null ? null : byCell.get(id));
  const id = newElementId();
  const labels = labelsOf(edge, hanging, points);
  const [first, ...others] = labels.map(({ text, at, cell }) => labelAt(text, at, cell));
  const groupIds = places.groupsOf(edge);
  const arrow: FileElement = {
    ...{ id, type: "arrow", ...pathOf(points), ...lookOf(edge.style, "transparent"), angle: 0 },
    backgroundColor: "transparent",
    startArrowhead: headOf(edge.style, "start"),
    endArrowhead: headOf(edge.style, "end"),
    startBinding: boundTo(edge.source),
    endBinding: boundTo(edge.target),
    roundness: edge.style.get("curved") === "1" ? CURVE : null,
    groupIds,
    ...(first ? { boundElements: [{ id: first.id ?? null, type: "text" }] } : {}),
  };
  const bound = first ? [{ ...first, containerId: id, verticalAlign: "middle" }] : [];
  return [arrow, ...[...bound, ...others].map((one) => ({ ...one, groupIds }))];
}

interface Label {
  readonly text: string;
  readonly at: Point;
  readonly cell: Cell;
}

/** Its own label, and what hangs on it: -1 is where an edge begins, 1 where it ends. */
function labelsOf(edge: Cell, hanging: readonly Cell[], points: readonly Point[]): Label[] {
  return [edge, ...hanging]
    .map((cell) => ({
      text: plainLabel(cell.label, cell.style.get("html") === "1"),
      at: along(points, cell === edge ? 0.5 : (cell.box.x + 1) / 2),
      cell,
    }))
    .filter(({ text }) => text !== "");
}

function labelAt(text: string, at: Point, cell: Cell): FileElement {
  const letters = lettersOf(cell.style);
  const size = Number(letters.fontSize);
  const lines = text.split("\n");
  const width = Math.max(...lines.map((line) => line.length)) * size * 0.55;
  const height = lines.length * size * 1.25;
  const place = { x: at.x - width / 2, y: at.y - height / 2, width, height };
  return { ...textAt(text, place.x, place.y), ...letters, ...place, textAlign: "center" };
}

function pathOf(points: readonly Point[]) {
  const [start = { x: 0, y: 0 }] = points;
  const xs = points.map(({ x }) => x - start.x);
  const ys = points.map(({ y }) => y - start.y);
  return {
    ...start,
    points: xs.map((x, at) => [x, ys[at] ?? 0]),
    width: Math.max(...xs) - Math.min(...xs),
    height: Math.max(...ys) - Math.min(...ys),
  };
}
