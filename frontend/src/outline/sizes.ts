/** How large things are and how far they are turned, and changing that by keys and in fields. */
import { CaptureUpdateAction, getCommonBounds } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { newVersion } from "../canvas/merge";
import { t } from "../i18n";
import type { Direction } from "./direction";
import type { Resizing } from "./resizing";

type Element = OrderedExcalidrawElement;
type Line = Extract<Element, { points: unknown; endArrowhead: unknown }>;

export type Side = "width" | "height";
export type Size = Readonly<Record<Side, number>>;

/** Nothing becomes smaller than this by keys, and nothing larger. */
export const SMALLEST = 5;
export const LARGEST = 100_000;
/** One key turns so far, as a handle does with Shift. */
const TURN_DEGREES = 15;
/** Keys that follow each other sooner are one step of undo, and read out once. */
const REST_MS = 600;

const WAYS: Readonly<Record<Direction, readonly [Side, 1 | -1]>> = {
  right: ["width", 1],
  left: ["width", -1],
  down: ["height", 1],
  up: ["height", -1],
};

export class Sizes {
  private readonly api: ExcalidrawImperativeAPI;
  private readonly say: (words: string) => void;
  /** What keys have resized or turned, until it is one step. */
  private changed: readonly string[] = [];
  private isResized = false;
  /** By how many degrees they were turned since; `null` if they were not. */
  private turned: number | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: ExcalidrawImperativeAPI, say: (words: string) => void) {
    this.api = api;
    this.say = say;
  }

  /** Makes what is selected one step wider, narrower, taller or flatter. Nothing without a selection. */
  step(direction: Direction): void {
    const things = this.fit(this.selected(), faultOf);
    if (!things) return;
    const [side, sign] = WAYS[direction];
    const by = sign * (this.resizing?.step() ?? 0);
    const line = straight(things);
    if (line) this.moveEnd(line, side, by);
    else if (!this.pull(things, side, sizeOf(things)[side] + by)) return;
    this.isResized = true;
    this.note(things);
  }

  /** Makes an element, or a group, as wide or as high as that, and this one step of undo. */
  set(id: string, side: Side, size: number): void {
    this.settle();
    const things = this.fit([id], faultOf);
    if (!things || !Number.isFinite(size) || !this.pull(things, side, size)) return;
    this.isResized = true;
    this.note(things);
    this.settle();
  }

  /** Turns what is selected one step, to the right or to the left. Nothing without a selection. */
  turn(sign: 1 | -1): void {
    const things = this.fit(this.selected(), turnFaultOf);
    if (!things) return;
    const [only] = things;
    const by = sign * TURN_DEGREES;
    this.turnTo(things, things.length === 1 && only ? degreesOf(only) + by : by);
    this.turned = (this.turned ?? 0) + by;
    this.note(things);
  }

  /** Turns an element to an angle in degrees, and this is one step of undo. */
  setAngle(id: string, degrees: number): void {
    this.settle();
    const things = this.fit([id], turnFaultOf);
    if (things?.length !== 1 || !Number.isFinite(degrees)) return;
    this.turned = 0;
    this.turnTo(things, degrees);
    this.note(things);
    this.settle();
  }

  /** How far an element is turned, in whole degrees below 360; `null` for what can't be. */
  angleOf(id: string): number | null {
    const things = this.named([id]);
    const [only] = things;
    return only && things.length === 1 && turnFaultOf(things) === null ? degreesOf(only) : null;
  }

  /** How large an element or a group is, not turned; `null` for what can be given no size. */
  of(id: string): Size | null {
    const things = this.named([id]);
    return faultOf(things) === null && !straight(things) ? sizeOf(things) : null;
  }

  /** The end of a burst of keys: one step of undo, and read out. */
  readonly settle = (): void => {
    clearTimeout(this.timer);
    if (this.changed.length === 0) return;
    const things = this.named(this.changed);
    const { isResized, turned } = this;
    this.changed = [];
    this.isResized = false;
    this.turned = null;
    if (things.length === 0) return;
    this.resizing?.letGo(things);
    const said = [
      isResized ? saidSize(things) : "",
      turned === null ? "" : saidAngle(things, turned),
    ];
    this.say(said.filter(Boolean).join(", "));
  };

  private selected(): readonly string[] {
    return Object.keys(this.api.getAppState().selectedElementIds);
  }

  private get resizing(): Resizing | undefined {
    // Of the built page alone: see `build/resizing.ts`.
    return (this.api as ExcalidrawImperativeAPI & { readonly resizing?: Resizing }).resizing;
  }

  private note(things: readonly Element[]): void {
    this.changed = things.map(({ id }) => id);
    clearTimeout(this.timer);
    this.timer = setTimeout(this.settle, REST_MS);
  }

  /** Elements, and members of groups, by their ids; labels and arrows that follow others left out. */
  private named(ids: readonly string[]): readonly Element[] {
    const wanted = new Set(ids);
    const found = this.api
      .getSceneElements()
      .filter(({ id, groupIds }) => wanted.has(id) || groupIds.some((group) => wanted.has(group)));
    const there = new Set(found.map(({ id }) => id));
    return found.filter((one) => !isLabel(one) && !(found.length > 1 && isHanging(one, there)));
  }

  /** These, unless there is a fault, which is said. */
  private fit(
    ids: readonly string[],
    faultOf: (things: readonly Element[]) => string | null,
  ): readonly Element[] | null {
    const things = this.named(ids);
    if (things.length === 0) return null;
    const fault = faultOf(things);
    if (fault === null) return things;
    this.say(fault);
    return null;
  }

  /** Returns whether that is another size; says so if not. */
  private pull(things: readonly Element[], side: Side, wanted: number): boolean {
    const before = sizeOf(things);
    const size = Math.max(SMALLEST, Math.min(LARGEST, wanted));
    const [left, top, right, bottom] = upright(things);
    const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
    const [x, y] = side === "width" ? [left + size, middleY] : [middleX, top + size];
    const angle = things.length === 1 ? (things[0]?.angle ?? 0) : 0;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.resizing?.pull(
      things,
      side === "width" ? "e" : "s",
      middleX + (x - middleX) * cos - (y - middleY) * sin,
      middleY + (x - middleX) * sin + (y - middleY) * cos,
    );
    const after = sizeOf(this.named(things.map(({ id }) => id)));
    const isOther = after.width !== before.width || after.height !== before.height;
    if (!isOther && wanted < before[side]) this.say(t("It can’t become smaller."));
    else if (!isOther && wanted > before[side]) this.say(t("It can’t become larger."));
    return isOther;
  }

  /** One alone to an angle, several by it, in degrees. */
  private turnTo(things: readonly Element[], degrees: number): void {
    const [left, top, right, bottom] = upright(things);
    const radians = (degrees * Math.PI) / 180;
    this.resizing?.turn(things, (left + right) / 2, (top + bottom) / 2, radians);
  }

  /** A straight line has no width of its own: its end goes on. */
  private moveEnd(line: Line, side: Side, by: number): void {
    const [start, end] = line.points;
    if (!start || !end) return;
    const [x, y] = side === "width" ? [end[0] + by, end[1]] : [end[0], end[1] + by];
    const size = { width: Math.abs(x - start[0]), height: Math.abs(y - start[1]) };
    const changed = { ...line, points: [start, [x, y]], ...size, ...newVersion(line) } as Line;
    this.api.updateScene({
      elements: this.api
        .getSceneElementsIncludingDeleted()
        .map((one) => (one.id === line.id ? changed : one)),
      captureUpdate: CaptureUpdateAction.EVENTUALLY,
    });
  }
}

/** Why these can't be resized, taken together; `null` when they can. */
function faultOf(things: readonly Element[]): string | null {
  const [first] = things;
  if (!first) return "";
  if (things.some(({ locked }) => locked)) return t("What is locked keeps its size.");
  if (things.length > 1) return null;
  if (isHanging(first, new Set())) return t("This line follows the shapes that it is bound to.");
  const isFlat = !straight(things) && Object.values(sizeOf(things)).some((one) => one <= 0);
  return isFlat || isElbow(first) ? t("The size of this can’t be changed.") : null;
}

/** Why these can't be turned, taken together; `null` when they can. */
function turnFaultOf(things: readonly Element[]): string | null {
  if (things.some(({ locked }) => locked)) return t("What is locked is not turned.");
  if (things.every((one) => isElbow(one) || one.type.endsWith("frame"))) {
    return t("This can’t be turned.");
  }
  const [only] = things;
  const isBound = things.length === 1 && only !== undefined && isHanging(only, new Set());
  return isBound ? t("This line follows the shapes that it is bound to.") : null;
}

function degreesOf({ angle }: Element): number {
  const degrees = Math.round((angle * 180) / Math.PI) % 360;
  return degrees < 0 ? degrees + 360 : degrees;
}

function saidSize(things: readonly Element[]): string {
  const { width, height } = sizeOf(things);
  return t("Width {width}, height {height}", {
    width: Math.round(width),
    height: Math.round(height),
  });
}

/** Several together have no angle of their own. */
function saidAngle(things: readonly Element[], turned: number): string {
  const [only] = things;
  return only && things.length === 1
    ? t("Turned to {n}°", { n: degreesOf(only) })
    : t("Turned by {n}°", { n: turned });
}

function sizeOf(things: readonly Element[]): Size {
  const [left, top, right, bottom] = upright(things);
  return { width: right - left, height: bottom - top };
}

/** The box around them; of one alone as if it were not turned. */
function upright(things: readonly Element[]) {
  const [first] = things;
  if (!first) return [0, 0, 0, 0] as const;
  return getCommonBounds(
    things.length === 1 ? [{ ...first, angle: 0 as typeof first.angle }] : things,
  );
}

function isLine(element: Element): element is Line {
  return element.type === "line" || element.type === "arrow";
}

function isElbow(element: Element): boolean {
  return "elbowed" in element && element.elbowed === true;
}

/** The one straight line of two points that this is; `null` when it is something else. */
function straight([first, ...others]: readonly Element[]): Line | null {
  if (!first || others.length > 0 || !isLine(first) || isElbow(first)) return null;
  return first.points.length === 2 ? first : null;
}

function isLabel(element: Element): boolean {
  return element.type === "text" && element.containerId !== null;
}

/** Whether an end is bound to something that is not among `there`. */
function isHanging(element: Element, there: ReadonlySet<string>): boolean {
  if (!isLine(element)) return false;
  return [element.startBinding, element.endBinding].some(
    (binding) => binding && !there.has(binding.elementId),
  );
}
