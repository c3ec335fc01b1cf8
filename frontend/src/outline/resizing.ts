/**
 * The editor's own way to resize, without a pointer: its functions scale texts and points, and let labels
 * and bound arrows follow. The editor calls `resizingOf` (see `build/resizing.ts`), and has what comes
 * of it in its API.
 */

/** An element of the scene, which the editor changes in place. */
interface Element {
  readonly id: string;
  readonly type: string;
}

type Elements = readonly Element[];
type ById = ReadonlyMap<string, Element>;

interface State {
  readonly selectedElementIds: Readonly<Record<string, true>>;
}

/** What is asked of the editor. */
interface Editor {
  readonly state: State;
  readonly scene: {
    getElementsIncludingDeleted(): Elements;
    getElementsMapIncludingDeleted(): ById;
    getNonDeletedElementsMap(): ById;
    replaceAllElements(elements: Elements): void;
    triggerUpdate(): void;
  };
  readonly store: { shouldCaptureIncrement(): void };
  getEffectiveGridSize(): number | null;
}

/** Functions of the editor that it exports to nobody. */
interface Functions {
  pull(
    originals: ById,
    handle: Handle | "rotation",
    elements: Elements,
    all: ById,
    scene: Editor["scene"],
    isTurningInSteps: boolean,
    isFromMiddle: boolean,
    isKeepingShape: boolean,
    ...place: readonly [x: number, y: number, middleX: number, middleY: number]
  ): boolean;
  members(elements: Elements, state: State, editor: Editor): Elements;
  inFrame(elements: Elements, frame: Element, state: State, all: ById): Elements;
  replace(elements: Elements, members: Elements, frame: Element, editor: Editor): Elements;
}

/** The handle in the middle of the right or of the lower edge. */
export type Handle = "e" | "s";

/** So far from the middle is the pointer that turns something: where exactly that is matters little. */
const FAR = 1_000_000;

export interface Resizing {
  /** How far one key goes: as far as moving with Shift does, or to the next line of the grid. */
  step(): number;
  /** Pulls a handle of elements of the scene, taken together, to (x, y). */
  pull(elements: Elements, handle: Handle, x: number, y: number): void;
  /**
   * Turns elements of the scene, taken together, around (x, y): one alone to an angle, several by it.
   * Frames and elbow arrows stay as they are.
   */
  turn(elements: Elements, x: number, y: number, radians: number): void;
  /** As when the handle is let go: frames get and lose members, and all is one step of undo. */
  letGo(elements: Elements): void;
}

const STEP = 5;

export function resizingOf(editor: Editor, functions: Functions): Resizing {
  const { scene, store } = editor;
  return {
    step: () => editor.getEffectiveGridSize() ?? STEP,
    pull: (elements, handle, x, y) => {
      const all = scene.getElementsMapIncludingDeleted();
      const isPicture = elements.some(({ type }) => type === "image");
      const place = [x, y, 0, 0] as const;
      const before = asTheyAre(elements, all);
      functions.pull(before, handle, elements, all, scene, false, false, isPicture, ...place);
      scene.triggerUpdate();
    },
    turn: (elements, x, y, radians) => {
      const all = scene.getElementsMapIncludingDeleted();
      const [pointX, pointY] = [x + FAR * Math.sin(radians), y - FAR * Math.cos(radians)];
      const place = [pointX, pointY, x, y] as const;
      const before = asTheyAre(elements, all);
      functions.pull(before, "rotation", elements, all, scene, false, false, false, ...place);
      scene.triggerUpdate();
    },
    letGo: (elements) => {
      const ids = elements.map(({ id }) => [id, true] as const);
      const state = { ...editor.state, selectedElementIds: Object.fromEntries(ids) };
      let all = functions.members(scene.getElementsIncludingDeleted(), state, editor);
      for (const frame of elements.filter(({ type }) => type.endsWith("frame"))) {
        const inside = functions.inFrame(all, frame, state, scene.getNonDeletedElementsMap());
        all = functions.replace(all, inside, frame, editor);
      }
      scene.replaceAllElements(all);
      store.shouldCaptureIncrement();
      scene.triggerUpdate();
    },
  };
}

/** Copies of elements and of their labels. */
function asTheyAre(elements: Elements, all: ById): ById {
  const labels = elements.flatMap((element) =>
    "boundElements" in element && Array.isArray(element.boundElements)
      ? element.boundElements.flatMap(({ id }) => all.get(id) ?? [])
      : [],
  );
  return new Map([...elements, ...labels].map((one) => [one.id, structuredClone(one)]));
}
