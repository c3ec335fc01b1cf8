/** Puts the board into the page. Loaded after the globals that Excalidraw reads are set. */
import { createRoot } from "react-dom/client";
import type { BoardConfig } from "../config";
import { keepOwnKeys } from "../keys/layers";
import type { BoardSession } from "../sync/session";
import { BoardPage } from "./BoardPage";
import { keepSessionInUse } from "./sessionUse";

export function mount(root: HTMLElement, config: BoardConfig, session: BoardSession): void {
  keepOwnKeys();
  keepSessionInUse(config.signInUrl);
  createRoot(root).render(<BoardPage config={config} session={session} />);
}
