/** What people do on the canvas without a mouse: go from object to object, add, join, move. */
import { CaptureUpdateAction } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type { FileElement } from "../canvas/file";
import { copyJson } from "../canvas/groups";
import { newVersion } from "../canvas/merge";
import { drawingOf } from "../files/drawing";
import { t } from "../i18n";
import { newElementId } from "../page/ids";
import { showObject } from "../page/objectLink";
import { frameAt, middleOfView } from "../page/where";
import { bindingTo, isBindable, pathBetween } from "./connect";
import { type Direction, middleOf, nearestIn, type Spot } from "./direction";
import { boundsOf, Names, type OutlineElement } from "./read";
import { Sizes } from "./sizes";

type Size = readonly [width: number, height: number];
type Bindings = Partial<Record<"startBinding" | "endBinding", ReturnType<typeof bindingTo>>>;

/** What Enter draws while one of these tools is chosen, and how large. */
const DRAWN: Readonly<Record<string, Size>> = {
  rectangle: [160, 100],
  diamond: [160, 120],
  ellipse: [160, 100],
  frame: [480, 320],
  arrow: [160, 0],
  line: [160, 0],
  text: [40, 25],
};
const GAP = 80;
/** So many places beside each other are tried before something lies on something else. */
const TRIES = 50;

export class Hands {
  readonly sizes: Sizes;
  private readonly api: ExcalidrawImperativeAPI;
  private readonly editor: HTMLElement;
  private readonly say: (words: string) => void;

  constructor(api: ExcalidrawImperativeAPI, editor: HTMLElement, say: (words: string) => void) {
    this.api = api;
    this.editor = editor;
    this.say = say;
    this.sizes = new Sizes(api, say);
  }

  elements(): readonly OutlineElement[] {
    return this.api.getSceneElements() as unknown as readonly OutlineElement[];
  }

  /** The id of what is selected alone; `null` for nothing and for several. */
  selected(): string | null {
    const { selectedElementIds } = this.api.getAppState();
    const ids = Object.keys(selectedElementIds).filter((id) => selectedElementIds[id]);
    return ids.length === 1 ? (ids[0] ?? null) : null;
  }

  /** Selects an element or a group, brings it into view and reads it. */
  show(id: string): void {
    if (showObject(this.api, id)) this.read(id);
  }

  /** The same, and the keys go to the canvas from now on. */
  take(id: string): void {
    this.show(id);
    this.editor.focus();
  }

  /** Goes to the nearest object in a direction, from the selected one or the middle of the view. */
  go(direction: Direction): void {
    const names = new Names(this.elements());
    const from = names.find(this.selected() ?? undefined);
    const others = this.elements().filter((one) => one.id !== from?.id && !names.isLabel(one));
    const joined = new Set(from ? names.neighbours(from).map(({ other }) => other.id) : []);
    const next = nearestIn(
      direction,
      from ? middleOf(from) : middleOfView(this.api),
      others,
      joined,
    );
    if (next) this.show(next.id);
    else this.say(t("There is nothing further in this direction."));
  }

  /** Draws what the chosen tool draws, in the middle of the view; returns whether it draws anything. */
  draw(): boolean {
    const { activeTool } = this.api.getAppState();
    const size = DRAWN[activeTool.type];
    if (!size) return false;
    const id = newElementId();
    const place = this.freePlace(size);
    this.add(this.drawn(id, activeTool.type, place, size));
    if (!activeTool.locked) this.api.setActiveTool({ type: "selection" });
    this.say(t("{what} was added.", { what: this.nameOf(id) }));
    if (activeTool.type === "text") this.pressSoon("Enter");
    return true;
  }

  /** An arrow from one to the other; nothing when one of them can't have any. */
  connect(from: string, to: string): void {
    const names = new Names(this.elements());
    const [start, end] = [names.find(from), names.find(to)];
    if (!start || !end || start === end || !isBindable(start) || !isBindable(end)) return;
    const { x, y, points } = pathBetween(start, end);
    const [, last] = points;
    const id = newElementId();
    const arrow = {
      ...this.drawn(id, "arrow", { x, y }, [Math.abs(last[0]), Math.abs(last[1])]),
      points: copyJson(points),
    };
    const bindings = { startBinding: bindingTo(start), endBinding: bindingTo(end) };
    this.add(arrow, bindings);
    this.say(t("An arrow from {a} to {b} was added.", { a: names.of(start), b: names.of(end) }));
  }

  canConnect(id: string): boolean {
    const element = new Names(this.elements()).find(id);
    return element !== null && isBindable(element);
  }

  /** Opens the text of an object for writing. */
  label(id: string): void {
    this.pressSoon("Enter");
    this.take(id);
  }

  /** Deletes an element or a group, with what belongs to it. */
  delete(id: string): void {
    const name = this.nameOf(id);
    this.pressSoon("Delete", () => this.say(t("{what} was deleted.", { what: name })));
    this.take(id);
  }

  /** Reads an object, and what it is joined with. */
  read(id: string): void {
    const names = new Names(this.elements());
    const element = names.find(id);
    if (!element) return;
    this.say([names.of(element), names.joined(element)].filter(Boolean).join(", "));
  }

  /** Reads where the selected object is, after it was moved. */
  readPlace(): void {
    const id = this.selected();
    const element = id === null ? null : new Names(this.elements()).find(id);
    if (!element) return;
    const { left, top } = boundsOf(element);
    this.say(t("Moved to {x}, {y}", { x: Math.round(left), y: Math.round(top) }));
  }

  private nameOf(id: string): string {
    const names = new Names(this.elements());
    const element = names.find(id);
    return element ? names.of(element) : t("Group");
  }

  /** As a key on the canvas, once the editor has taken what it was given last. */
  private pressSoon(key: string, then = () => {}): void {
    const stop = this.api.onChange(() => {
      stop();
      this.editor.focus();
      const event = { key, code: key, bubbles: true, cancelable: true };
      this.editor.dispatchEvent(new KeyboardEvent("keydown", event));
      then();
    });
  }

  /** In the middle of the view, or right of what is there already. */
  private freePlace([width, height]: Size): Spot {
    const { x, y } = middleOfView(this.api);
    const place = { left: x - width / 2, top: y - height / 2 };
    const taken = this.elements().filter(({ type }) => type !== "frame" && type !== "magicframe");
    for (let tries = 0; tries < TRIES; tries += 1) {
      const inTheWay = taken.map(boundsOf).find((box) => {
        const isBeside = box.right <= place.left || box.left >= place.left + width;
        return !isBeside && box.bottom > place.top && box.top < place.top + Math.max(height, 1);
      });
      if (!inTheWay) break;
      place.left = inTheWay.right + GAP;
    }
    return { x: place.left, y: place.top };
  }

  private drawn(id: string, type: string, { x, y }: Spot, [width, height]: Size): FileElement {
    const now = this.api.getAppState();
    return {
      ...{
        id,
        type,
        x,
        y,
        width,
        height,
        frameId: type === "frame" ? null : frameAt(this.api, { x, y, width, height }),
      },
      strokeColor: now.currentItemStrokeColor,
      backgroundColor: now.currentItemBackgroundColor,
      fillStyle: now.currentItemFillStyle,
      strokeWidth: now.currentItemStrokeWidth,
      strokeStyle: now.currentItemStrokeStyle,
      roughness: now.currentItemRoughness,
      opacity: now.currentItemOpacity,
      roundness:
        now.currentItemRoundness === "round" ? { type: type === "rectangle" ? 3 : 2 } : null,
      ...ownOf(type, width, now),
    };
  }

  /** Adds and selects it. The editor would take bindings away, because it is not given their shapes. */
  private add(drawn: FileElement, bindings: Bindings = {}): void {
    const { elements } = drawingOf([drawn], true);
    const entry = { id: String(drawn.id), type: "arrow" as const };
    const bound = new Set(Object.values(bindings).map(({ elementId }) => elementId));
    const before = this.api.getSceneElementsIncludingDeleted().map((element) =>
      bound.has(element.id)
        ? {
            ...element,
            boundElements: [...(element.boundElements ?? []), entry],
            ...newVersion(element),
          }
        : element,
    );
    const added = elements.map((element) => ({ ...element, ...bindings }));
    this.api.updateScene({
      elements: [...before, ...added] as unknown as readonly OrderedExcalidrawElement[],
      appState: { selectedElementIds: { [entry.id]: true } },
      captureUpdate: CaptureUpdateAction.IMMEDIATELY,
    });
  }
}

/** What elements of one type have beside what all have. */
function ownOf(
  type: string,
  width: number,
  now: ReturnType<ExcalidrawImperativeAPI["getAppState"]>,
): FileElement {
  if (type === "text") {
    const text = t("Text");
    const font = { fontFamily: now.currentItemFontFamily, fontSize: now.currentItemFontSize };
    return { text, originalText: text, autoResize: true, ...font };
  }
  if (type !== "arrow" && type !== "line") return {};
  const heads = {
    startArrowhead: now.currentItemStartArrowhead,
    endArrowhead: now.currentItemEndArrowhead,
  };
  return {
    points: [
      [0, 0],
      [width, 0],
    ],
    ...(type === "arrow" ? heads : {}),
  };
}
