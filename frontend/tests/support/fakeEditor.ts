/**
 * Excalidraw as the binding meets it, without React: elements are changed in place during gestures
 * and replaced by actions, indices that do not fit are rewritten when a scene is shown, and an index
 * that is malformed throws, as the real editor does.
 */
import type { Scene } from "../../src/canvas/binding";
import type { EditorState } from "../../src/canvas/gesture";
import type { SceneElement } from "../../src/canvas/groups";
import { isValidIndex } from "../../src/canvas/order";

export type Properties = Record<string, unknown>;

const IDLE: EditorState = {
  isLoading: false,
  viewBackgroundColor: "#ffffff",
  newElement: null,
  multiElement: null,
  editingLinearElement: null,
  editingTextElement: null,
  selectedElementIds: {},
  selectedElementsAreBeingDragged: false,
  isResizing: false,
  isRotating: false,
  cursorButton: "up",
  croppingElementId: null,
};

export class FakeEditor implements Scene {
  scene: SceneElement[] = [];
  state: EditorState = IDLE;
  /** How often a scene from outside was shown. */
  shown = 0;
  private nonce = 1;

  elements(): readonly SceneElement[] {
    return this.scene;
  }

  editor(): EditorState {
    return this.state;
  }

  show(elements: readonly SceneElement[]): void {
    this.shown += 1;
    let below = "";
    for (const element of elements) {
      if (!isValidIndex(element.index)) throw new Error(`invalid order key: ${element.index}`);
      if (element.index <= below) throw new Error("The editor would rewrite this index.");
      below = element.index;
    }
    this.scene = [...elements];
  }

  move(elements: readonly SceneElement[]): void {
    this.shown += 1;
    for (const { id, x, y, version, versionNonce, updated } of elements) {
      Object.assign(this.get(id), { x, y, version, versionNonce, updated });
    }
  }

  showBackground(viewBackgroundColor: string): void {
    this.state = { ...this.state, viewBackgroundColor };
  }

  /** Fills in defaults and refuses what is too small to be seen, as `restoreElements` does. */
  restore = (element: SceneElement): SceneElement | null => {
    const points = element.points;
    if (Array.isArray(points) ? points.length < 2 : element.width === 0 && element.height === 0) {
      return null;
    }
    const isEmptyText = element.type === "text" && element.text === "";
    return {
      opacity: 100,
      ...element,
      index: element.index ?? "a0",
      isDeleted: element.isDeleted || isEmptyText,
      boundElements: element.boundElements ?? [],
      updated: 1,
    };
  };

  setState(change: Partial<EditorState>): void {
    this.state = { ...this.state, ...change };
  }

  idle(): void {
    this.state = { ...IDLE, viewBackgroundColor: this.state.viewBackgroundColor };
  }

  get(id: string): SceneElement {
    const element = this.scene.find((candidate) => candidate.id === id);
    if (!element) throw new Error(`No element ${id}`);
    return element;
  }

  /** In place, same object and same array, like `mutateElement`. */
  mutate(id: string, change: Properties): void {
    const element = this.get(id);
    Object.assign(element, change, { version: element.version + 1, versionNonce: this.next() });
  }

  /** A new object in a new array, like actions and `newElementWith`. */
  replace(id: string, change: Properties): void {
    this.scene = this.scene.map((element) =>
      element.id === id
        ? { ...element, ...change, version: element.version + 1, versionNonce: this.next() }
        : element,
    );
  }

  add(element: SceneElement): void {
    this.scene = [...this.scene, { ...element, versionNonce: this.next() }];
  }

  private next(): number {
    this.nonce += 1;
    return this.nonce;
  }
}

/** A rectangle as the editor makes it. */
export function rectangle(id: string, change: Properties = {}): SceneElement {
  return {
    id,
    type: "rectangle",
    x: 0,
    y: 0,
    width: 10,
    height: 10,
    angle: 0,
    seed: 1,
    strokeColor: "#000000",
    opacity: 100,
    groupIds: [],
    boundElements: null,
    frameId: null,
    link: null,
    locked: false,
    index: "a0",
    isDeleted: false,
    version: 1,
    versionNonce: 1,
    updated: 1,
    ...change,
  };
}

export function arrow(id: string, change: Properties = {}): SceneElement {
  return rectangle(id, {
    type: "arrow",
    points: [
      [0, 0],
      [10, 10],
    ],
    elbowed: false,
    startBinding: null,
    endBinding: null,
    startArrowhead: null,
    endArrowhead: "arrow",
    lastCommittedPoint: null,
    ...change,
  });
}

export function textElement(id: string, text: string, change: Properties = {}): SceneElement {
  return rectangle(id, {
    type: "text",
    text,
    originalText: text,
    autoResize: true,
    fontSize: 20,
    fontFamily: 5,
    textAlign: "left",
    verticalAlign: "top",
    lineHeight: 1.25,
    containerId: null,
    ...change,
  });
}
