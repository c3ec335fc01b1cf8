/**
 * What follows from other elements, at the end of a gesture. While somebody holds an arrow, a label or
 * something in a frame, others may move what it belongs to. The editor that lets go then measures from
 * where things were: it leaves ends in the air, and takes the binding away. Here such ends, labels
 * and members of frames follow, and keep their bindings, unless they were pulled off on purpose.
 */
import type * as Y from "yjs";
import { boundTextPosition } from "../conflicts/derived";
import { type Pair, stretchedPath } from "../conflicts/stretch";
import { LOCAL, type Scene } from "./binding";
import { type Box, boxOf, fromShare, outsideOf, toShare } from "./boxes";
import type { EditorState } from "./gesture";
import type { Json, SceneElement } from "./groups";
import { type BoundElement, boundElementsOf, encodeGroups, hasPath } from "./groups";
import { newVersion } from "./merge";
import { targetOf } from "./references";
import { elementMap } from "./shared";

/** An end that a person moved further than this was pulled off. */
const PULLED = 16;
/** How much nearer to its shape, or further off, an end may be than it was. */
const LOOSE = 6;
/** What rounding makes of the place of a label. */
const ROUNDING = 1;

const BINDINGS = ["startBinding", "endBinding"] as const;

/** One end of an arrow and its shape, as they were before the gesture. */
interface End {
  readonly binding: Json;
  readonly shape: string;
  readonly at: Pair;
  readonly share: Pair;
  readonly outside: number;
}

type Ends = readonly [End | null, End | null];

/** An element in a frame before the gesture. */
interface Member {
  readonly frame: string;
  readonly frameBox: Box;
}

export class Attached {
  private readonly doc: Y.Doc;
  private readonly scene: Scene;
  private readonly elements: Y.Map<unknown>;
  private readonly arrows = new Map<string, Ends>();
  private readonly members = new Map<string, Member>();
  /** What this person has changed since the gesture began, and what others have. */
  private readonly own = new Set<string>();
  private readonly foreign = new Set<string>();
  /** What was under the fingers. */
  private readonly held = new Set<string>();
  private selected: EditorState["selectedElementIds"] | null = null;

  constructor(doc: Y.Doc, scene: Scene) {
    this.doc = doc;
    this.scene = scene;
    this.elements = doc.getMap("elements");
    this.elements.observeDeep(this.onElements);
  }

  destroy(): void {
    this.elements.unobserveDeep(this.onElements);
  }

  /** A gesture begins: remembers how things hang together. */
  begin(): void {
    this.own.clear();
    this.foreign.clear();
    this.held.clear();
    this.selected = null;
    this.arrows.clear();
    this.members.clear();
    const scene = sceneMap(this.scene);
    for (const element of scene.values()) {
      if (element.isDeleted) continue;
      if (element.type === "arrow" && !element.angle) this.rememberArrow(element, scene);
      const frame = typeof element.frameId === "string" ? scene.get(element.frameId) : undefined;
      if (frame) this.members.set(element.id, { frame: frame.id, frameBox: boxOf(frame) });
    }
  }

  /** Notes what the gesture holds; to be called as long as it goes on. */
  hold({ selectedElementIds, editingLinearElement, editingTextElement }: EditorState): void {
    if (editingLinearElement) this.held.add(editingLinearElement.elementId);
    if (editingTextElement) this.held.add(editingTextElement.id);
    if (selectedElementIds === this.selected) return;
    this.selected = selectedElementIds;
    for (const [id, isHeld] of Object.entries(selectedElementIds)) if (isHeld) this.held.add(id);
  }

  /** Puts right what was measured from old places; returns whether there was anything. */
  settle(): boolean {
    if (this.foreign.size === 0) return false;
    const before = this.scene.elements();
    const scene = sceneMap(this.scene);
    for (const [id, member] of this.members) this.keepInFrame(id, member, scene);
    for (const [id, ends] of this.arrows) this.keepArrow(id, ends, scene);
    for (const { id, type, isDeleted, containerId } of before) {
      if (type === "text" && !isDeleted && typeof containerId === "string")
        this.placeLabel(id, containerId, scene);
    }
    const after = before.map((element) => scene.get(element.id) ?? element);
    if (after.every((element, at) => element === before[at])) return false;
    this.scene.show(after);
    return true;
  }

  private rememberArrow(arrow: SceneElement, scene: ReadonlyMap<string, SceneElement>): void {
    const [start, end] = endsOf(arrow);
    if (!start || !end) return;
    const ends = BINDINGS.map((key, at) => {
      const binding = arrow[key] as Json;
      const shape = scene.get(targetOf(binding) ?? "");
      if (!shape || shape.isDeleted) return null;
      const box = boxOf(shape);
      const point = at === 0 ? start : end;
      const [share, outside] = [toShare(box, point), outsideOf(box, point)];
      return { binding, shape: shape.id, at: point, share, outside };
    });
    const [first = null, last = null] = ends;
    if (first || last) this.arrows.set(arrow.id, [first, last]);
  }

  /** Whether both this person and others had to do with some of them. */
  private isMixed(...ids: readonly string[]): boolean {
    return (
      ids.some((id) => this.own.has(id) || this.held.has(id)) &&
      ids.some((id) => this.foreign.has(id))
    );
  }

  private keepArrow(id: string, ends: Ends, scene: Map<string, SceneElement>): void {
    const arrow = scene.get(id);
    const shapes = ends.flatMap((end) => (end ? [end.shape] : []));
    if (!arrow || arrow.isDeleted || !this.isMixed(id, ...shapes)) return;
    const points = endsOf(arrow);
    const shifts = ends.map((end, at) => {
      const point = points[at];
      return end && point ? this.keepEnd(arrow, at, end, point, scene) : null;
    });
    const [start, end] = shifts.map((shift): Pair => shift ?? [0, 0]);
    if (!start || !end || [...start, ...end].every((by) => by === 0)) return;
    const { points: path, fixedSegments, elbowed } = arrow;
    patch(scene, id, {
      x: Number(arrow.x) + start[0],
      y: Number(arrow.y) + start[1],
      ...stretchedPath({ elbowed, fixedSegments }, path as Pair[], start, end),
    });
    for (const { id: text } of boundElementsOf(arrow).filter(({ type }) => type === "text")) {
      const label = scene.get(text);
      const by = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2] as const;
      if (label) patch(scene, text, { x: Number(label.x) + by[0], y: Number(label.y) + by[1] });
    }
  }

  /** Keeps the binding of one end; returns by how much the end has to follow its shape. */
  private keepEnd(
    arrow: SceneElement,
    at: number,
    { binding, shape: id, at: before, share, outside }: End,
    point: Pair,
    scene: Map<string, SceneElement>,
  ): Pair | null {
    const key = BINDINGS[at] ?? "startBinding";
    const shape = scene.get(id);
    if (!shape || shape.isDeleted) return null;
    const now = scene.get(arrow.id)?.[key] as Json | undefined;
    const box = boxOf(shape);
    const isThere = Math.abs(outsideOf(box, point) - outside) <= LOOSE;
    const isPulled =
      this.held.has(arrow.id) &&
      this.isOwn(arrow.id, "path", "pos") &&
      Math.hypot(point[0] - before[0], point[1] - before[1]) > PULLED;
    if (targetOf(now) !== id && (now || isPulled || !this.isOwn(arrow.id, key))) return null;
    if (targetOf(now) !== id) patch(scene, arrow.id, { [key]: binding });
    this.keepEntry(arrow.id, shape, scene);
    if (isThere || (isPulled && targetOf(now) !== id)) return null;
    const wanted = fromShare(box, share);
    return [wanted[0] - point[0], wanted[1] - point[1]];
  }

  private keepEntry(arrow: string, shape: SceneElement, scene: Map<string, SceneElement>): void {
    const bound = boundElementsOf(scene.get(shape.id) ?? shape);
    if (bound.some(({ id }) => id === arrow)) return;
    const entry: BoundElement = { id: arrow, type: "arrow" };
    patch(scene, shape.id, { boundElements: [...bound, entry] });
  }

  private keepInFrame(id: string, { frame, frameBox }: Member, scene: Map<string, SceneElement>) {
    const element = scene.get(id);
    const now = scene.get(frame);
    if (!element || element.isDeleted || element.frameId || !now || now.isDeleted) return;
    if (!this.isMixed(id, frame) || this.held.has(frame) || !this.isOwn(id, "frameId")) return;
    const [box, moved] = [boxOf(element), boxOf(now)];
    const middle: Pair = [box.x + box.width / 2, box.y + box.height / 2];
    const isInside = outsideOf(moved, middle) <= 0;
    const by: Pair = isInside ? [0, 0] : [moved.x - frameBox.x, moved.y - frameBox.y];
    if (!isInside && outsideOf(frameBox, middle) > 0) return;
    if (outsideOf(moved, [middle[0] + by[0], middle[1] + by[1]]) > 0) return;
    patch(scene, id, { frameId: frame, x: box.x + by[0], y: box.y + by[1] });
  }

  private placeLabel(id: string, containerId: string, scene: Map<string, SceneElement>): void {
    const [text, container] = [scene.get(id), scene.get(containerId)];
    if (!text || !container || container.isDeleted || hasPath(container.type)) return;
    if (!this.isMixed(id, containerId)) return;
    const [inner, outer] = [encodeGroups(text), encodeGroups(container)];
    const place = boundTextPosition(
      (key) => outer[key],
      (key) => inner[key],
    );
    if (!place) return;
    const off = Math.hypot(place[0] - Number(text.x), place[1] - Number(text.y));
    if (off > ROUNDING) patch(scene, id, { x: place[0], y: place[1] });
  }

  /** Whether one of the values that stand there is this page's. */
  private isOwn(id: string, ...keys: readonly string[]): boolean {
    const items = elementMap(this.doc, id)?._map;
    return keys.some((key) => items?.get(key)?.id.client === this.doc.clientID);
  }

  private readonly onElements = (
    events: Y.YEvent<Y.AbstractType<unknown>>[],
    { origin }: Y.Transaction,
  ) => {
    const changed = origin === LOCAL ? this.own : this.foreign;
    for (const { path, changes } of events) {
      if (path.length > 0) changed.add(String(path[0]));
      else for (const id of changes.keys.keys()) changed.add(id);
    }
  };
}

function sceneMap(scene: Scene): Map<string, SceneElement> {
  return new Map(scene.elements().map((element) => [element.id, element]));
}

/** A new object, with a version that the editor and the binding take for newer. */
function patch(
  scene: Map<string, SceneElement>,
  id: string,
  values: Readonly<Record<string, unknown>>,
): void {
  const element = scene.get(id);
  if (element) scene.set(id, { ...element, ...values, ...newVersion(element) });
}

/** Where an arrow starts and ends on the canvas. */
function endsOf({ x, y, points }: SceneElement): [Pair | null, Pair | null] {
  const path = Array.isArray(points) ? (points as Pair[]) : [];
  const [first, last] = [path[0], path.at(-1)];
  const onCanvas = (point: Pair | undefined): Pair | null =>
    point ? [Number(x) + point[0], Number(y) + point[1]] : null;
  return [onCanvas(first), onCanvas(last)];
}
