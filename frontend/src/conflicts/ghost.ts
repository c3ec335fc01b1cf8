/** Shows another value half transparent over the canvas; it is never part of the scene. */
import { exportToSvg, getCommonBounds, sceneCoordsToViewportCoords } from "@excalidraw/excalidraw";
import type { ExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type { SceneElement } from "../canvas/groups";

export class Ghost {
  private readonly api: ExcalidrawImperativeAPI;
  private readonly layer: HTMLElement;
  private bounds: readonly [number, number] = [0, 0];
  private turn = 0;

  constructor(api: ExcalidrawImperativeAPI, container: HTMLElement) {
    this.api = api;
    this.layer = document.createElement("div");
    this.layer.className = "board-ghost";
    this.layer.setAttribute("aria-hidden", "true");
    container.append(this.layer);
    api.onScrollChange(this.place);
  }

  async show(elements: readonly SceneElement[]): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    if (elements.length === 0) return this.hide();
    const drawn = elements as unknown as readonly ExcalidrawElement[];
    const svg = await exportToSvg({
      elements: drawn as Parameters<typeof exportToSvg>[0]["elements"],
      appState: { ...this.api.getAppState(), exportBackground: false, exportWithDarkMode: false },
      files: this.api.getFiles(),
      exportPadding: 0,
      skipInliningFonts: true,
    });
    // The pointer may have left meanwhile.
    if (turn !== this.turn) return;
    const [left, top] = getCommonBounds(drawn);
    this.bounds = [left, top];
    this.layer.replaceChildren(svg);
    this.place();
  }

  hide(): void {
    this.turn += 1;
    this.layer.replaceChildren();
  }

  private readonly place = (): void => {
    if (!this.layer.firstChild) return;
    const appState = this.api.getAppState();
    const [sceneX, sceneY] = this.bounds;
    const { x, y } = sceneCoordsToViewportCoords({ sceneX, sceneY }, appState);
    const { offsetLeft, offsetTop, zoom } = appState;
    const shift = `translate(${x - offsetLeft}px, ${y - offsetTop}px)`;
    this.layer.style.transform = `${shift} scale(${zoom.value})`;
  };
}
