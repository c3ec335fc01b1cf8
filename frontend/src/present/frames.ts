/** The frames of the board, in the order in which they are shown and printed. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import { t } from "../i18n";
import { type Frame, inReadingOrder } from "./slides";

export function framesOf(api: ExcalidrawImperativeAPI): Frame[] {
  const frames = api.getSceneElements().filter(({ type }) => type === "frame");
  return inReadingOrder(
    frames.map(({ id, x, y, width, height, ...others }) => {
      const { name } = others as { readonly name?: string | null };
      return { id, x, y, width, height, name: name || t("Frame") };
    }),
  );
}
