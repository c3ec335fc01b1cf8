/** A handle for the browser's console and for tests: `window.canvasBoard`. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import type { WebsocketProvider } from "y-websocket";
import type * as Y from "yjs";
import type { Conflict } from "../conflicts/list";
import type { Status } from "../sync/status";

export interface BoardHandle {
  readonly doc: Y.Doc;
  readonly api: ExcalidrawImperativeAPI;
  readonly provider: WebsocketProvider;
  /** What the status badge shows as soon as everything up to this moment is counted. */
  status(): Status;
  /** The open conflicts, as the panel lists them. */
  conflicts(): readonly Conflict[];
  /** Writes what the user did into the document now instead of at the end of the frame. */
  flush(): void;
}
