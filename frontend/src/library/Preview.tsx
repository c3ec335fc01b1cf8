/** An item, drawn small when it comes into view: a list of a thousand costs what is seen of it. */
import { exportToSvg } from "@excalidraw/excalidraw";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { effectiveTheme, onThemeChange } from "../theme";
import { type Drawn, sceneOf } from "./insert";

const AHEAD = "200px";
const PADDING = 8;

/** One drawing after the other, so that scrolling and typing come in between. */
let last: Promise<void> = Promise.resolve();

export function Preview({ drawn }: { readonly drawn: Drawn }) {
  const place = useRef<HTMLSpanElement>(null);
  const theme = useSyncExternalStore(onThemeChange, effectiveTheme);
  useEffect(() => {
    const host = place.current;
    if (!host) return;
    let isWanted = true;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        observer.disconnect();
        last = last.then(async () => {
          if (isWanted) await draw(host, drawn, theme === "dark");
        });
      },
      { rootMargin: AHEAD },
    );
    observer.observe(host);
    return () => {
      isWanted = false;
      observer.disconnect();
    };
  }, [drawn, theme]);
  return <span ref={place} className="library-preview" aria-hidden="true" />;
}

/** Never rejects: an item that can't be drawn has its name all the same. */
async function draw(host: HTMLElement, drawn: Drawn, isDark: boolean): Promise<void> {
  try {
    const svg = await exportToSvg({
      elements: sceneOf(drawn),
      appState: { exportBackground: false, exportWithDarkMode: isDark },
      files: drawn.files,
      exportPadding: PADDING,
      skipInliningFonts: true,
    });
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    host.replaceChildren(svg);
  } catch {
    host.replaceChildren();
  }
  await new Promise((resolve) => setTimeout(resolve));
}
