/**
 * Names beside the boxes that stand for elements which the editor does not know. They lie between
 * its canvas and its tools, and move with the canvas; `canvas/unknown.ts` says what the boxes are.
 */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type { SceneElement } from "../canvas/groups";
import { unknownType } from "../canvas/unknown";
import { t } from "../i18n";

/** More would cost too much to move; a board holds a handful. */
const MOST = 500;

/** `container` is the editor's own element. Returns what is to be called when the editor changed. */
export function labelPlaceholders(
  api: ExcalidrawImperativeAPI,
  container: HTMLElement,
): () => void {
  const view = document.createElement("div");
  view.className = "placeholder-view";
  const layer = document.createElement("div");
  layer.className = "placeholder-layer";
  view.append(layer);
  const labels = new Map<string, HTMLElement>();

  const move = () => {
    const { zoom, scrollX, scrollY } = api.getAppState();
    const shift = `translate(${scrollX * zoom.value}px, ${scrollY * zoom.value}px)`;
    layer.style.transform = `${shift} scale(${zoom.value})`;
  };
  const look = () => {
    const gone = new Set(labels.keys());
    for (const element of api.getSceneElements() as unknown as readonly SceneElement[]) {
      const type = unknownType(element);
      if (type === null || labels.size - gone.size >= MOST) continue;
      gone.delete(element.id);
      const label = labels.get(element.id) ?? newLabel(type);
      labels.set(element.id, label);
      if (!label.isConnected) layer.append(label);
      place(label, element);
    }
    for (const id of gone) {
      labels.get(id)?.remove();
      labels.delete(id);
    }
    if (labels.size === 0) view.remove();
    else if (!view.isConnected) {
      container.append(view);
      move();
    }
  };
  api.onScrollChange(() => {
    if (labels.size > 0) move();
  });
  return look;
}

function newLabel(type: string): HTMLElement {
  const label = document.createElement("div");
  label.className = "placeholder";
  const name = document.createElement("span");
  name.textContent = t("Unknown element: {type}", { type });
  label.append(name);
  return label;
}

function place({ style }: HTMLElement, element: SceneElement): void {
  const numbers = [element.x, element.y, element.width, element.height, element.angle].map(Number);
  const [x = 0, y = 0, width = 0, height = 0, angle = 0] = numbers;
  assign(style, "translate", `${x}px ${y}px`);
  assign(style, "rotate", `${angle}rad`);
  assign(style, "width", `${width}px`);
  assign(style, "height", `${height}px`);
}

function assign(
  style: CSSStyleDeclaration,
  property: "translate" | "rotate" | "width" | "height",
  value: string,
): void {
  if (style[property] !== value) style[property] = value;
}
