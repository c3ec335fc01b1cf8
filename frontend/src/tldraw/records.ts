/** The records of a file of tldraw (`TLStore`, in version 1 of its files): who belongs to whom. */
import type { Point } from "../files/sketch";

const MAX_DEPTH = 50;

export interface TldrRecord {
  readonly id?: unknown;
  readonly typeName?: unknown;
  readonly type?: unknown;
  readonly parentId?: unknown;
  /** Its place among those of the same parent: these are strings that sort. */
  readonly index?: unknown;
  readonly x?: unknown;
  readonly y?: unknown;
  readonly rotation?: unknown;
  readonly opacity?: unknown;
  readonly isLocked?: unknown;
  readonly fromId?: unknown;
  readonly toId?: unknown;
  readonly props?: Props;
}

export interface Props {
  readonly [name: string]: unknown;
}

/** Where a shape is on its page: its upper left corner, turned about it. */
export interface Place extends Point {
  readonly angle: number;
}

/** The index of a shape among others, and where it stands in the file. */
type Step = readonly [index: string, at: number];

export class Records {
  readonly shapes: readonly TldrRecord[];
  private readonly byId = new Map<unknown, TldrRecord>();
  private readonly bindings = new Map<unknown, TldrRecord[]>();

  constructor(records: readonly (TldrRecord | null)[]) {
    const shapes: TldrRecord[] = [];
    for (const one of records) {
      if (one?.typeName === "shape") shapes.push(one);
      if (one?.typeName === "binding")
        this.bindings.set(one.fromId, [...(this.bindings.get(one.fromId) ?? []), one]);
      if (one) this.byId.set(one.id, one);
    }
    this.shapes = shapes;
  }

  /** The properties of a picture that a shape shows. */
  assetOf(props: Props): Props | null {
    const asset = this.byId.get(props.assetId);
    return asset?.typeName === "asset" ? (asset.props ?? {}) : null;
  }

  /** What binds an end of an arrow to a shape. */
  bindingOf(arrow: TldrRecord, terminal: "start" | "end"): { to: unknown; props: Props } | null {
    const own = this.bindings.get(arrow.id)?.find(({ props }) => props?.terminal === terminal);
    if (own) return { to: own.toId, props: own.props ?? {} };
    // Until 2024 it stood in the arrow.
    const end = arrow.props?.[terminal] as { type?: unknown; boundShapeId?: unknown } | null;
    return end?.type === "binding" ? { to: end.boundShapeId, props: end as Props } : null;
  }

  /** Shapes lie in groups and frames: the nearest first. */
  parentsOf(shape: TldrRecord): TldrRecord[] {
    const parents: TldrRecord[] = [];
    for (let one = this.shapeOf(shape.parentId); one && parents.length < MAX_DEPTH; ) {
      parents.push(one);
      one = this.shapeOf(one.parentId);
    }
    return parents;
  }

  /** The pages in their order, each with its shapes from the lowest to the uppermost. */
  pages(): TldrRecord[][] {
    const order = new Map(this.shapes.map((shape, at) => [shape, at]));
    const pages = new Map<unknown, { shape: TldrRecord; path: Step[] }[]>();
    for (const shape of this.shapes) {
      const parents = this.parentsOf(shape);
      const page = (parents.at(-1) ?? shape).parentId;
      const steps = [shape, ...parents].map((one) => [indexOf(one), order.get(one) ?? 0] as const);
      const entry = { shape, path: steps.reverse() };
      const own = pages.get(page);
      if (own) own.push(entry);
      else pages.set(page, [entry]);
    }
    const inOrder = [...pages].sort(([one], [other]) =>
      compare(indexOf(this.byId.get(one)), indexOf(this.byId.get(other))),
    );
    return inOrder.map(([, own]) =>
      own.sort((one, other) => comparePaths(one.path, other.path)).map(({ shape }) => shape),
    );
  }

  placeOf(shape: TldrRecord): Place {
    let place = { x: numberOr(shape.x, 0), y: numberOr(shape.y, 0) };
    let angle = numberOr(shape.rotation, 0);
    for (const parent of this.parentsOf(shape)) {
      const turn = numberOr(parent.rotation, 0);
      place = onPage(place, { x: numberOr(parent.x, 0), y: numberOr(parent.y, 0), angle: turn });
      angle += turn;
    }
    return { ...place, angle };
  }

  private shapeOf(id: unknown): TldrRecord | undefined {
    const found = this.byId.get(id);
    return found?.typeName === "shape" ? found : undefined;
  }
}

/** A point in a shape as a point of its page. */
export function onPage({ x, y }: Point, place: Place): Point {
  const [sin, cos] = [Math.sin(place.angle), Math.cos(place.angle)];
  return { x: place.x + x * cos - y * sin, y: place.y + x * sin + y * cos };
}

export function pointOf(point: unknown): Point | null {
  const { x, y } = (point ?? {}) as { x?: unknown; y?: unknown };
  const isPoint = typeof x === "number" && typeof y === "number" && Number.isFinite(x + y);
  return isPoint ? { x, y } : null;
}

export function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}

function indexOf(record: TldrRecord | undefined): string {
  return typeof record?.index === "string" ? record.index : "";
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A parent lies below what is in it. */
function comparePaths(one: readonly Step[], other: readonly Step[]): number {
  for (const [depth, [index, at]] of one.entries()) {
    const against = other[depth];
    if (against === undefined) return 1;
    const order = compare(index, against[0]) || at - against[1];
    if (order !== 0) return order;
  }
  return one.length - other.length;
}
