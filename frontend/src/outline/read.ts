/**
 * What is on the canvas as a list to read: in rows from the top, and from left to right in each; what
 * stands in a frame or a group comes below it, an arrow after the shape that it leaves. Pure.
 */

import { isNote } from "../canvas/note";
import { elementLabel } from "../conflicts/words";
import { t, tn } from "../i18n";
import { inReadingOrder } from "../present/slides";

/** What is needed of an element of the editor. */
export interface OutlineElement {
  readonly id: string;
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isDeleted: boolean;
  readonly groupIds: readonly string[];
  readonly frameId: string | null;
  readonly containerId?: string | null;
  readonly originalText?: string;
  readonly customData?: unknown;
  readonly name?: string | null;
  readonly boundElements?: readonly { readonly id: string; readonly type: string }[] | null;
  readonly startBinding?: { readonly elementId: string } | null;
  readonly endBinding?: { readonly elementId: string } | null;
  /** Of lines, seen from `x` and `y`, which are those of the first. */
  readonly points?: readonly (readonly [number, number])[];
}

/** The upright box around an element. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Turned elements count as upright: what is read is no more exact than that. */
export function boundsOf({ x, y, width, height, points }: OutlineElement): Bounds {
  let [left, top] = [x, y];
  for (const [across, down] of points ?? []) {
    left = Math.min(left, x + across);
    top = Math.min(top, y + down);
  }
  return { left, top, right: left + width, bottom: top + height };
}

export interface OutlineEntry {
  /** Of the element, or of the group. */
  readonly id: string;
  readonly kind: "element" | "frame" | "group";
  /** What it is and says: `Rectangle “Login”`. */
  readonly label: string;
  /** What it is joined with by arrows; empty for most. */
  readonly detail: string;
  /** From 0: how many frames and groups it stands in. */
  readonly depth: number;
}

interface Node {
  readonly id: string;
  readonly kind: OutlineEntry["kind"];
  readonly element: OutlineElement | null;
  readonly children: Node[];
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The entries in reading order; takes time in proportion to n log n of the elements. */
export function outlineOf(elements: readonly OutlineElement[]): OutlineEntry[] {
  const names = new Names(elements);
  const living = elements.filter((one) => !one.isDeleted && !names.isLabel(one));
  const entries: OutlineEntry[] = [];
  const add = (nodes: readonly Node[], depth: number) => {
    for (const node of inOrder(nodes)) {
      entries.push({ ...entryOf(node, names), depth });
      add(node.children, depth + 1);
    }
  };
  add(treeOf(living), 0);
  return arrowsAfterTheirStart(entries, names);
}

/** The names of elements, and how arrows join them. */
export class Names {
  private readonly byId: ReadonlyMap<string, OutlineElement>;
  private readonly labels = new Map<string, string>();

  constructor(elements: readonly OutlineElement[]) {
    const living = elements.filter(({ isDeleted }) => !isDeleted);
    this.byId = new Map(living.map((element) => [element.id, element]));
    for (const one of living) {
      if (this.isLabel(one)) this.labels.set(String(one.containerId), one.originalText ?? "");
    }
  }

  find(id: string | undefined): OutlineElement | null {
    return (id !== undefined && this.byId.get(id)) || null;
  }

  /** Whether it is the text in a shape or on a line, which is read with it. */
  isLabel({ type, containerId }: OutlineElement): boolean {
    return type === "text" && typeof containerId === "string" && this.byId.has(containerId);
  }

  of(element: OutlineElement): string {
    const words = this.labels.get(element.id) ?? element.originalText ?? element.name ?? "";
    return elementLabel({ elementType: isNote(element) ? "note" : element.type, words });
  }

  /** `from A to B`, for an arrow; `arrow to B; arrow from C`, for what arrows are bound to. */
  joined(element: OutlineElement): string {
    const [start, end] = [element.startBinding, element.endBinding].map((binding) =>
      this.find(binding?.elementId),
    );
    if (start && end) return t("from {a} to {b}", { a: this.of(start), b: this.of(end) });
    if (start) return t("from {a}", { a: this.of(start) });
    if (end) return t("to {b}", { b: this.of(end) });
    return this.neighbours(element)
      .map(({ other, isTo }) =>
        isTo
          ? t("arrow to {b}", { b: this.of(other) })
          : t("arrow from {a}", { a: this.of(other) }),
      )
      .join("; ");
  }

  /** What arrows lead to, and where arrows come from. */
  neighbours({ id, boundElements }: OutlineElement): { other: OutlineElement; isTo: boolean }[] {
    return (boundElements ?? []).flatMap((bound) => {
      const arrow = bound.type === "arrow" ? this.find(bound.id) : null;
      if (!arrow) return [];
      const isTo = arrow.startBinding?.elementId === id;
      const other = this.find((isTo ? arrow.endBinding : arrow.startBinding)?.elementId);
      return other && other.id !== id ? [{ other, isTo }] : [];
    });
  }
}

function entryOf(node: Node, names: Names): Omit<OutlineEntry, "depth"> {
  const { id, kind, element, children } = node;
  if (!element) {
    const label = tn(children.length, "Group of one object", "Group of {n} objects");
    return { id, kind, label, detail: "" };
  }
  return { id, kind, label: names.of(element), detail: names.joined(element) };
}

function treeOf(elements: readonly OutlineElement[]): Node[] {
  const frames = new Map<string, Node>();
  for (const element of elements) {
    if (isFrame(element)) frames.set(element.id, leaf(element, "frame"));
  }
  const groups = new Map<string, Node>();
  const top: Node[] = [];
  for (const element of elements) {
    const frame = frames.get(element.frameId ?? "");
    const node = frames.get(element.id) ?? leaf(element, "element");
    placeIn(node, element.groupIds, groups, frame ? frame.children : top);
  }
  return top;
}

/** The outermost group is the last of an element's. */
function placeIn(
  node: Node,
  groupIds: readonly string[],
  groups: Map<string, Node>,
  place: Node[],
): void {
  let children = place;
  for (const id of [...groupIds].reverse()) {
    let group = groups.get(id);
    if (!group) {
      group = { ...node, id, kind: "group", element: null, children: [] };
      groups.set(id, group);
      children.push(group);
    }
    group.left = Math.min(group.left, node.left);
    group.top = Math.min(group.top, node.top);
    group.right = Math.max(group.right, node.right);
    group.bottom = Math.max(group.bottom, node.bottom);
    children = group.children;
  }
  children.push(node);
}

function leaf(element: OutlineElement, kind: "element" | "frame"): Node {
  return { id: element.id, kind, element, children: [], ...boundsOf(element) };
}

function isFrame({ type }: OutlineElement): boolean {
  return type === "frame" || type === "magicframe";
}

/** As frames are presented. */
function inOrder(nodes: readonly Node[]): Node[] {
  const placed = nodes.map((node) => {
    const { left: x, top: y, bottom } = node;
    return { node, x, y, height: bottom - y };
  });
  return inReadingOrder(placed).map(({ node }) => node);
}

/** Where an arrow begins says more than where it lies. Those with no such place stay in theirs. */
function arrowsAfterTheirStart(entries: readonly OutlineEntry[], names: Names): OutlineEntry[] {
  const moved = new Map<string, OutlineEntry[]>();
  const staying: OutlineEntry[] = [];
  const listed = new Set(entries.map(({ id }) => id));
  for (const entry of entries) {
    const start = names.find(entry.id)?.startBinding?.elementId;
    if (start === undefined || !listed.has(start)) staying.push(entry);
    else moved.set(start, [...(moved.get(start) ?? []), entry]);
  }
  return staying.flatMap((entry) => {
    const arrows = moved.get(entry.id) ?? [];
    return [entry, ...arrows.map((arrow) => ({ ...arrow, depth: entry.depth }))];
  });
}
