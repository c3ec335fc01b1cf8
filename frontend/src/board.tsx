/**
 * Entry of the board page. Excalidraw reads its globals when its module runs, and a bundler may run
 * an imported chunk before the module that imports it; so the page itself is a dynamic import.
 * Meanwhile the connection is already being made.
 */
import "./styles/board.css";
import { readConfig } from "./config";
import { BoardSession } from "./sync/session";
import { applyTheme } from "./theme";

applyTheme();
const root = document.getElementById("board-root");
const config = readConfig();
window.EXCALIDRAW_ASSET_PATH = config.assetPath;
window.EXCALIDRAW_THROTTLE_RENDER = true;
document.title = `${config.title} · Canvas`;

if ("serviceWorker" in navigator) {
  // Without it, as in private windows, the board opens with a network only.
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}

if (root) {
  root.innerHTML = '<p class="board-loading" role="status">Opening the board…</p>';
  const session = new BoardSession(config);
  import("./page/main").then(
    ({ mount }) => mount(root, config, session),
    () => {
      root.innerHTML =
        '<p class="board-loading" role="alert">The board could not be loaded. ' +
        "Check your connection and reload the page.</p>";
    },
  );
}
