/** Excalidraw as the binding sees it: the only place where the two kinds of types meet. */
import { CaptureUpdateAction, restoreElements } from "@excalidraw/excalidraw";
import type { OrderedExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type { Scene } from "../canvas/binding";
import type { EditorState } from "../canvas/gesture";
import type { SceneElement } from "../canvas/groups";

type Elements = readonly OrderedExcalidrawElement[];

/** The state that tells which gesture is going on. */
export function editorState(api: ExcalidrawImperativeAPI): EditorState {
  return api.getAppState();
}

export function excalidrawScene(api: ExcalidrawImperativeAPI): Scene {
  return {
    elements: () => api.getSceneElementsIncludingDeleted() as unknown as readonly SceneElement[],
    editor: () => editorState(api),
    show: (elements) =>
      // NEVER: what others did is not for this user to undo.
      api.updateScene({
        elements: elements as unknown as Elements,
        captureUpdate: CaptureUpdateAction.NEVER,
      }),
    // The build teaches the editor to take `moved`: see `src/canvas/moved.ts`.
    move: (elements) =>
      api.updateScene({ moved: elements } as Parameters<typeof api.updateScene>[0]),
    showBackground: (viewBackgroundColor) =>
      api.updateScene({
        appState: { viewBackgroundColor },
        captureUpdate: CaptureUpdateAction.NEVER,
      }),
    restore: (element) => {
      try {
        const restored = restoreElements([element as unknown as OrderedExcalidrawElement], null);
        return (restored[0] as unknown as SceneElement | undefined) ?? null;
      } catch (error) {
        // One element that the editor cannot read must not keep the others off the screen.
        console.warn(`Element ${element.id} can not be shown.`, error);
        return null;
      }
    },
  };
}
