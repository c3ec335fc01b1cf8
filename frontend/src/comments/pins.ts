/**
 * Keeps pins, and what belongs to one, at their places over the canvas. All pins hang in one layer
 * that moves and grows with the canvas, so scrolling changes one style, however many there are.
 */
import { CaptureUpdateAction, sceneCoordsToViewportCoords } from "@excalidraw/excalidraw";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type * as Y from "yjs";
import type { Groups } from "../canvas/groups";
import { elementMap } from "../canvas/shared";
import { elementFrom } from "../canvas/standalone";
import { type Place, type Placed, placeOf } from "./place";
import type { Anchor } from "./thread";

export class Pins {
  readonly layer: HTMLElement;
  private readonly view: HTMLElement;
  private readonly api: ExcalidrawImperativeAPI;
  private readonly doc: Y.Doc;
  private readonly anchors = new Map<HTMLElement, Anchor>();
  /** What stands beside a place, at its own size; told where in the canvas that is. */
  private readonly beside = new Map<(x: number, y: number) => void, Anchor>();
  private elements: readonly unknown[] | null = null;
  private byId: ReadonlyMap<string, Placed> = new Map();
  private readonly unsubscribe: (() => void)[];

  /**
   * `container` is the editor's own element: so the layer lies between its canvas and its tools.
   * `name` begins the names of its classes.
   */
  constructor(
    api: ExcalidrawImperativeAPI,
    doc: Y.Doc,
    container: HTMLElement,
    name: "pin" | "mark" = "pin",
  ) {
    this.api = api;
    this.doc = doc;
    this.layer = document.createElement("div");
    this.layer.className = `${name}-layer`;
    this.view = document.createElement("div");
    this.view.className = `${name}-view`;
    this.view.append(this.layer);
    container.append(this.view);
    this.unsubscribe = [api.onScrollChange(this.moveLayer), api.onChange(() => this.movePins())];
    this.moveLayer();
  }

  destroy(): void {
    for (const stop of this.unsubscribe) stop();
    this.view.remove();
  }

  /** Keeps `pin`, a child of the layer, at its anchor; returns how to stop that. */
  attach(pin: HTMLElement, anchor: Anchor): () => void {
    this.anchors.set(pin, anchor);
    this.movePin(pin, anchor);
    return () => this.anchors.delete(pin);
  }

  /** Calls `move` with the place in pixels of the canvas, now and whenever it changes. */
  follow(anchor: Anchor, move: (x: number, y: number) => void): () => void {
    this.beside.set(move, anchor);
    this.moveBeside(move, anchor);
    return () => this.beside.delete(move);
  }

  /** Where an anchor is in the drawing; `null` when its element is unknown. */
  place(anchor: Anchor): Place | null {
    return placeOf(anchor, this.find);
  }

  private readonly find = (id: string): Placed | null => this.scene().get(id) ?? this.deleted(id);

  /** The elements of the scene; they are changed in place as long as it is the same array. */
  private scene(): ReadonlyMap<string, Placed> {
    const elements = this.api.getSceneElementsIncludingDeleted();
    if (elements !== this.elements) {
      this.elements = elements;
      this.byId = new Map(elements.map((element) => [element.id, element as unknown as Placed]));
    }
    return this.byId;
  }

  /** After a reload the scene knows no deleted elements; the document does. */
  private deleted(id: string): Placed | null {
    const groups = elementMap(this.doc, id)?.toJSON() as Groups | undefined;
    const element = groups && elementFrom(id, groups);
    return element ? ({ ...element, isDeleted: Boolean(groups?.del) } as unknown as Placed) : null;
  }

  private readonly moveLayer = (): void => {
    const { zoom, scrollX, scrollY } = this.api.getAppState();
    const shift = `translate(${scrollX * zoom.value}px, ${scrollY * zoom.value}px)`;
    this.layer.style.transform = `${shift} scale(${zoom.value})`;
    this.layer.style.setProperty("--unzoom", String(1 / zoom.value));
    for (const [move, anchor] of this.beside) this.moveBeside(move, anchor);
  };

  private movePins(): void {
    for (const [pin, anchor] of this.anchors) if ("element" in anchor) this.movePin(pin, anchor);
    for (const [move, anchor] of this.beside) this.moveBeside(move, anchor);
  }

  private movePin(pin: HTMLElement, anchor: Anchor): void {
    const place = this.place(anchor);
    const isShown = place !== null && (!place.isDeleted || pin.dataset.always === "true");
    if (pin.hidden === isShown) pin.hidden = !isShown;
    if (!place || !isShown) return;
    const translate = `${place.x}px ${place.y}px`;
    if (pin.style.translate !== translate) pin.style.translate = translate;
  }

  private moveBeside(move: (x: number, y: number) => void, anchor: Anchor): void {
    const appState = this.api.getAppState();
    const { offsetLeft, offsetTop, width } = appState;
    const place = this.place(anchor);
    if (!place) {
      move(width / 2, 0);
      return;
    }
    const { x, y } = sceneCoordsToViewportCoords({ sceneX: place.x, sceneY: place.y }, appState);
    move(x - offsetLeft, y - offsetTop);
  }
}

const FLIGHT_MS = 250;

/** Moves the canvas so that a place is in its middle. */
export function flyTo({ x, y }: Place, api: ExcalidrawImperativeAPI): void {
  const { scrollX, scrollY, width, height, zoom } = api.getAppState();
  const target = { x: width / 2 / zoom.value - x, y: height / 2 / zoom.value - y };
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const startedAt = performance.now();
  const step = (now: number) => {
    const passed = isCalm ? 1 : Math.min(1, Math.max(0, now - startedAt) / FLIGHT_MS);
    const share = 1 - (1 - passed) ** 3;
    api.updateScene({
      appState: {
        scrollX: scrollX + (target.x - scrollX) * share,
        scrollY: scrollY + (target.y - scrollY) * share,
      },
      captureUpdate: CaptureUpdateAction.NEVER,
    });
    if (passed < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
