/** What a person can do about conflicts: look at the values, and choose. */
import { CaptureUpdateAction } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type * as Y from "yjs";
import type { Groups, Json, SceneElement } from "../canvas/groups";
import type { Restore } from "../canvas/merge";
import { elementMap } from "../canvas/shared";
import { elementFrom } from "../canvas/standalone";
import { withUnknown } from "../canvas/unknown";
import type { BoardConfig } from "../config";
import { newElementId } from "../page/ids";
import { copyWithValue, withValue } from "./apply";
import { seenOf } from "./deletion";
import { companionsOf } from "./derived";
import { type Conflict, describeElement, type ElementDescription } from "./list";
import { CONFLICT } from "./recorder";

export interface ActionOptions {
  readonly api: ExcalidrawImperativeAPI;
  readonly doc: Y.Doc;
  readonly user: BoardConfig["user"];
  readonly restore: Restore;
  /** Writes what was done in the editor into the document. */
  readonly flush: () => void;
}

export class ConflictActions {
  private readonly options: ActionOptions;

  constructor(options: ActionOptions) {
    this.options = options;
  }

  /** Keeps one side of each conflict; undone like any other edit where the canvas changes. */
  choose(choices: readonly { readonly conflict: Conflict; readonly side: number }[]): void {
    const scene = this.scene();
    let isChanged = false;
    for (const { conflict, side } of choices) {
      const { element, group, sides, shownSide } = conflict;
      const value = sides[side]?.value;
      if (value === undefined || side === shownSide || group === "del") continue;
      for (const [id, next] of withValue(scene, element, group, value)) scene.set(id, next);
      isChanged = true;
    }
    if (isChanged) this.show([...scene.values()]);
    this.settle(choices);
  }

  /** Leaves what is shown, and puts the other value on a copy of the element. */
  keepBoth(conflict: Conflict): void {
    const { element, group, sides, shownSide } = conflict;
    const other = sides.find((_side, index) => index !== shownSide);
    const scene = this.scene();
    if (!other || !scene.has(element)) return;
    const copies = copyWithValue(scene, element, group, other.value, newElementId);
    const elements: SceneElement[] = [];
    for (const one of scene.values()) {
      elements.push(one);
      if (one.id === element) elements.push(...copies);
    }
    this.show(elements);
    this.settle([{ conflict, side: shownSide }]);
  }

  /** The elements that another value would change, as they would look. */
  preview({ element, group }: Conflict, value: Json): SceneElement[] {
    if (group === "del") return this.asItWas(element);
    return [...withValue(this.scene(), element, group, value).values()];
  }

  /** A deleted element and what is bound to it, as it would be if it lived. */
  asItWas(id: string): SceneElement[] {
    const { doc, restore } = this.options;
    const map = elementMap(doc, id);
    if (!map) return [];
    return [id, ...companionsOf(map)]
      .map((one) => restoredElement(doc, one, restore))
      .filter((element) => element !== null);
  }

  /** Brings a deleted element back, with what is bound to it. */
  restore(id: string): void {
    this.options.doc.transact(() => this.setDeleted(id, false), CONFLICT);
  }

  describe(id: string): ElementDescription {
    return describeElement(this.options.doc, id);
  }

  /** Brings an element into view, also one that is deleted. */
  flyTo(id: string): void {
    const { api } = this.options;
    const live = api.getSceneElements().find((one) => one.id === id);
    const target = live ? [live] : (this.asItWas(id) as unknown as OrderedExcalidrawElement[]);
    if (target.length === 0) return;
    const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    api.scrollToContent(target, { animate: !isCalm });
    api.updateScene({
      appState: { selectedElementIds: live ? { [id]: true } : {} },
      captureUpdate: CaptureUpdateAction.NEVER,
    });
  }

  private scene(): Map<string, SceneElement> {
    const elements = this.options.api.getSceneElementsIncludingDeleted();
    return new Map(elements.map((one) => [one.id, one as unknown as SceneElement]));
  }

  private show(elements: readonly SceneElement[]): void {
    this.options.api.updateScene({
      elements: elements as unknown as readonly OrderedExcalidrawElement[],
      captureUpdate: CaptureUpdateAction.IMMEDIATELY,
    });
    this.options.flush();
  }

  /** Writes what only the document knows, and closes the records. */
  private settle(choices: readonly { readonly conflict: Conflict; readonly side: number }[]): void {
    const { doc, user } = this.options;
    const conflicts = doc.getMap("conflicts");
    doc.transact(() => {
      for (const { conflict, side } of choices) {
        if (conflict.group === "del" && side !== conflict.shownSide) {
          this.setDeleted(conflict.element, Boolean(conflict.sides[side]?.value));
        }
        conflicts.delete(conflict.key);
      }
      // A removed key leaves nothing that a state vector covers; with this "saved" includes it.
      doc.getMap("authors").set(String(doc.clientID), { user: user.id, name: user.name });
    }, CONFLICT);
  }

  private setDeleted(id: string, isDeleted: boolean): void {
    const { doc, user } = this.options;
    const map = elementMap(doc, id);
    if (!map) return;
    for (const one of [id, ...companionsOf(map)]) {
      const target = elementMap(doc, one);
      const tombstone = () => ({ by: user.id, at: Date.now(), seen: target ? seenOf(target) : {} });
      if (Boolean(target?.get("del")) !== isDeleted) target?.set("del", isDeleted && tombstone());
    }
  }
}

function restoredElement(doc: Y.Doc, id: string, restore: Restore): SceneElement | null {
  const groups = elementMap(doc, id)?.toJSON() as Groups | undefined;
  const element = groups && elementFrom(id, groups);
  const restored = element ? restore(element) : null;
  return restored && groups ? withUnknown(restored, groups) : null;
}
