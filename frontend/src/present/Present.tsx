/** Presenting: the drawing alone, frame by frame, with a laser pointer that everybody sees. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { useCallback, useEffect, useLayoutEffect, useState } from "react";
import { t } from "../i18n";
import { CLOSE_KEY, STAGE_KEYS } from "../keys/shortcuts";
import { IconButton } from "../page/buttons";
import { BackIcon, CloseIcon } from "../page/icons";
import type { JoinedBoard } from "../page/useBoard";
import { framesOf } from "./frames";
import { Mask } from "./Mask";
import { type Frame, stepOf } from "./slides";
import "../styles/present.css";

/** How long the bar stays after the mouse moved. */
const QUIET_MS = 2500;

export interface PresentProps {
  readonly board: JoinedBoard;
  readonly onEnd: () => void;
}

export default function Present({ board, onEnd }: PresentProps) {
  const { api, presence } = board;
  const [at, setAt] = useState(0);
  const slides = useSlides(api);
  const count = slides.length;
  const index = Math.min(at, Math.max(0, count - 1));
  const slide = slides[index];
  const isQuiet = useQuiet();
  useStage(board, onEnd);
  useEffect(() => presence.present(), [presence]);
  useEffect(() => {
    // After the stage has got its size.
    const timer = setTimeout(() => show(api, slide), 60);
    return () => clearTimeout(timer);
  }, [api, slide]);
  const go = useCallback(
    (key: string) => {
      const next = stepOf(key, index, count);
      if (next !== null) setAt(next);
      return next !== null;
    },
    [index, count],
  );
  useStageKeys(go, onEnd);
  const label = slide?.name ?? t("Whole board");
  return (
    <section className="stage-bar" aria-label={t("Presentation")} data-quiet={isQuiet}>
      {slide && <Mask board={board} frame={slide} />}
      {count > 1 && (
        <IconButton
          label={t("Previous frame")}
          isDisabled={index === 0}
          onClick={() => go(STAGE_KEYS.previous[0])}
        >
          <BackIcon />
        </IconButton>
      )}
      <p role="status">
        {count > 1 && <span className="stage-count">{`${index + 1} / ${count}`}</span>} {label}
      </p>
      {count > 1 && (
        <IconButton
          className="stage-next"
          label={t("Next frame")}
          isDisabled={index === count - 1}
          onClick={() => go(STAGE_KEYS.next[0])}
        >
          <BackIcon />
        </IconButton>
      )}
      <IconButton label={t("End the presentation")} hasTitle onClick={onEnd}>
        <CloseIcon />
      </IconButton>
    </section>
  );
}

/** Whether the mouse has rested for a while: then nothing but the drawing is wanted. */
function useQuiet(): boolean {
  const [isQuiet, setQuiet] = useState(false);
  useEffect(() => {
    let timer = setTimeout(() => setQuiet(true), QUIET_MS);
    const wake = () => {
      clearTimeout(timer);
      setQuiet(false);
      timer = setTimeout(() => setQuiet(true), QUIET_MS);
    };
    window.addEventListener("pointermove", wake);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pointermove", wake);
    };
  }, []);
  return isQuiet;
}

/** Moves from frame to frame by keys. No key reaches the editor, where it could delete or paste. */
function useStageKeys(go: (key: string) => boolean, onEnd: () => void): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      event.stopPropagation();
      const isOnButton = event.target instanceof HTMLButtonElement;
      if (isOnButton && (event.key === "Enter" || event.key === " ")) return;
      if (event.key === CLOSE_KEY) onEnd();
      else if (go(event.key)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [go, onEnd]);
}

/** The frames, kept up to date: others may go on drawing. */
function useSlides(api: ExcalidrawImperativeAPI): readonly Frame[] {
  const [slides, setSlides] = useState(() => framesOf(api));
  useEffect(() => {
    let known = JSON.stringify(slides);
    return api.onChange(() => {
      const next = framesOf(api);
      const described = JSON.stringify(next);
      if (described === known) return;
      known = described;
      setSlides(next);
    });
  }, [api, slides]);
  return slides;
}

function show(api: ExcalidrawImperativeAPI, slide: Frame | undefined): void {
  const target = slide && api.getSceneElements().find(({ id }) => id === slide.id);
  const animate = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  api.scrollToContent(target, {
    fitToViewport: true,
    viewportZoomFactor: target ? 0.96 : 0.9,
    animate,
    duration: 350,
  });
}

/** Hides the editor's tools and selects the laser; restores everything at the end. */
function useStage({ api, canvas }: JoinedBoard, onEnd: () => void): void {
  useEffect(() => {
    const { scrollX, scrollY, zoom } = api.getAppState();
    api.updateScene({ appState: { selectedElementIds: {}, userToFollow: null } });
    api.setActiveTool({ type: "laser" });
    const stop = (event: Event) => event.preventDefault();
    canvas.addEventListener("contextmenu", stop, { capture: true });
    const onPaste = (event: Event) => event.stopPropagation();
    window.addEventListener("paste", onPaste, { capture: true });
    const onFullscreen = () => {
      if (!document.fullscreenElement) onEnd();
    };
    document.addEventListener("fullscreenchange", onFullscreen);
    return () => {
      canvas.removeEventListener("contextmenu", stop, { capture: true });
      window.removeEventListener("paste", onPaste, { capture: true });
      document.removeEventListener("fullscreenchange", onFullscreen);
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
      api.setActiveTool({ type: "selection" });
      api.updateScene({ appState: { scrollX, scrollY, zoom } });
    };
  }, [api, canvas, onEnd]);
}
