/** The comment tool: a sheet over the canvas on which one click says where a comment belongs. */

import { viewportCoordsToSceneCoords } from "@excalidraw/excalidraw";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { type PointerEvent, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { t } from "../i18n";
import { CLOSE_KEY } from "../keys/shortcuts";
import { useReturnFocus } from "../page/useReturnFocus";
import { middleOfView } from "../page/where";
import { anchorAt, anchorOn, type Placed } from "./place";
import type { Anchor } from "./thread";

interface PlacingSurfaceProps {
  readonly api: ExcalidrawImperativeAPI;
  /** The editor's own element. */
  readonly container: HTMLElement;
  readonly onPlace: (anchor: Anchor) => void;
  readonly onCancel: () => void;
}

export function PlacingSurface({ api, container, onPlace, onCancel }: PlacingSurfaceProps) {
  const surface = useRef<HTMLButtonElement>(null);
  useReturnFocus();
  useLayoutEffect(() => {
    surface.current?.focus();
    const element = surface.current;
    // React's wheel listeners are passive: they cannot keep the browser from zooming the page.
    const onWheel = (event: WheelEvent) => passToCanvas(event, container);
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [container]);
  const onPointerUp = ({ clientX, clientY, button }: PointerEvent) => {
    if (button !== 0) return;
    const appState = api.getAppState();
    const point = viewportCoordsToSceneCoords({ clientX, clientY }, appState);
    onPlace(anchorAt(point, placed(api), appState.zoom.value));
  };
  return createPortal(
    <div className="placing" data-own-keys>
      <button
        ref={surface}
        type="button"
        className="placing-surface"
        aria-label={t("Press Enter to comment on what is selected, or on the middle of the view")}
        onPointerUp={onPointerUp}
        onKeyDown={(event) => {
          if (event.key === CLOSE_KEY) onCancel();
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          onPlace(anchorOfSelection(api));
        }}
      />
      <p className="placing-hint">
        {t("Click where your comment belongs")}
        <button type="button" className="link-button" onClick={onCancel}>
          {t("Cancel")}
        </button>
      </p>
    </div>,
    container,
  );
}

function placed(api: ExcalidrawImperativeAPI): readonly Placed[] {
  return api.getSceneElements() as unknown as readonly Placed[];
}

/** The selected element, or the middle of the view. */
export function anchorOfSelection(api: ExcalidrawImperativeAPI): Anchor {
  const { selectedElementIds, zoom } = api.getAppState();
  const selected = placed(api).find(({ id }) => selectedElementIds[id]);
  if (selected) {
    return anchorOn(selected, { x: selected.x + selected.width, y: selected.y });
  }
  return anchorAt(middleOfView(api), placed(api), zoom.value);
}

/** Lets the wheel scroll and zoom the canvas under something that lies over it. */
export function passToCanvas(event: WheelEvent, container: HTMLElement): void {
  event.preventDefault();
  event.stopPropagation();
  container.querySelector("canvas.interactive")?.dispatchEvent(new WheelEvent("wheel", event));
}
