/// <reference types="vite/client" />

import type { BoardHandle } from "./page/handle";

declare global {
  interface Window {
    /** Where Excalidraw finds its fonts; must be set before its module runs. */
    EXCALIDRAW_ASSET_PATH?: string;
    EXCALIDRAW_THROTTLE_RENDER?: boolean;
    canvasBoard?: BoardHandle;
  }
}
