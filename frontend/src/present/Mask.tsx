/** What lies around the frame that is presented, covered with the colour of the canvas. */
import { useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import type { JoinedBoard } from "../page/useBoard";
import type { Frame } from "./slides";

interface MaskProps {
  readonly board: JoinedBoard;
  readonly frame: Frame;
}

/** Follows the view: who presents may zoom in on something. */
export function Mask({ board: { api, editor }, frame }: MaskProps) {
  const mask = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = () => {
      if (!mask.current) return;
      const { scrollX, scrollY, zoom, viewBackgroundColor } = api.getAppState();
      const { style } = mask.current;
      style.width = `${frame.width * zoom.value}px`;
      style.height = `${frame.height * zoom.value}px`;
      style.translate = `${(frame.x + scrollX) * zoom.value}px ${(frame.y + scrollY) * zoom.value}px`;
      style.color = viewBackgroundColor;
    };
    place();
    const stops = [api.onChange(place), api.onScrollChange(place)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [api, frame]);
  return createPortal(<div ref={mask} className="stage-mask" aria-hidden="true" />, editor);
}
