/** Where cells are on a page: draw.io writes each relative to the one that it is in. */
import type { Box, Point } from "../files/sketch";
import type { Cell } from "./mxfile";

const MAX_DEPTH = 50;

/** The cells of a page by id, with what is in what. */
export class Places {
  private readonly byId: ReadonlyMap<string, Cell>;
  private readonly holders: ReadonlySet<string>;

  constructor(cells: readonly Cell[]) {
    this.byId = new Map(cells.map((cell) => [cell.id, cell]));
    this.holders = new Set(cells.filter(({ isVertex }) => isVertex).map(({ parent }) => parent));
  }

  cell(id: string | null): Cell | undefined {
    return id === null ? undefined : this.byId.get(id);
  }

  /** What a cell is in, from the inside out: shapes, groups and the layer. */
  around(cell: Cell): Cell[] {
    const around: Cell[] = [];
    for (let one = this.byId.get(cell.parent); one && around.length < MAX_DEPTH; ) {
      around.push(one);
      one = this.byId.get(one.parent);
    }
    return around;
  }

  isVisible(cell: Cell): boolean {
    return cell.isVisible && this.around(cell).every(({ isVisible }) => isVisible);
  }

  /** A shape moves with everything in it: the groups of both, from the inside out. */
  groupsOf(cell: Cell): string[] {
    return [cell, ...this.around(cell)]
      .filter(({ id, isVertex }) => isVertex && this.holders.has(id))
      .map(({ id }) => `group-${id}`);
  }

  /** Where the places of what is in a cell are measured from. */
  originIn(cell: Cell | undefined): Point {
    if (!cell?.isVertex) return { x: 0, y: 0 };
    const { x, y } = this.boxOf(cell);
    return { x, y };
  }

  /** The place of a shape on its page. */
  boxOf(cell: Cell): Box {
    let { x, y } = placeIn(cell, this.byId.get(cell.parent));
    for (const one of this.around(cell)) {
      if (!one.isVertex) break;
      const place = placeIn(one, this.byId.get(one.parent));
      [x, y] = [x + place.x, y + place.y];
    }
    return { x, y, width: cell.box.width, height: cell.box.height };
  }
}

/** Some places are shares of the size of what a cell is in. */
function placeIn({ box, isRelative, offset }: Cell, parent: Cell | undefined): Point {
  const isShare = isRelative && parent?.isVertex;
  const [width, height] = isShare ? [parent.box.width, parent.box.height] : [1, 1];
  return { x: box.x * width + (offset?.x ?? 0), y: box.y * height + (offset?.y ?? 0) };
}
