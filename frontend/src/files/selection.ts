/** What a person has chosen on the board. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";

export type Elements = ReturnType<ExcalidrawImperativeAPI["getSceneElements"]>;

/** What is selected, with the texts in it and what stands in a selected frame. */
export function selectionOf(api: ExcalidrawImperativeAPI): Elements {
  const { selectedElementIds } = api.getAppState();
  return api.getSceneElements().filter((one) => {
    const container = "containerId" in one ? one.containerId : null;
    return [one.id, container, one.frameId].some((id) => id && selectedElementIds[id]);
  });
}
