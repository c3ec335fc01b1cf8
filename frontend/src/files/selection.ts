/** What a person has chosen on the board. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";

export type Elements = ReturnType<ExcalidrawImperativeAPI["getSceneElements"]>;

/** What is selected, with the texts in it and what stands in a selected frame. */
export function selectionOf(api: ExcalidrawImperativeAPI): Elements {
  const { selectedElementIds } = api.getAppState();
  const ids = Object.entries(selectedElementIds).flatMap(([id, isIt]) => (isIt ? [id] : []));
  return chosenOf(api.getSceneElements(), new Set(ids));
}

/** The elements with these ids, with the texts in them and what stands in a frame of them. */
export function chosenOf<Element extends Elements[number]>(
  elements: readonly Element[],
  ids: ReadonlySet<string>,
): Element[] {
  return elements.filter((one) => {
    const container = "containerId" in one ? one.containerId : null;
    return [one.id, container, one.frameId].some((id) => id && ids.has(id));
  });
}
