/**
 * Entry of the board page. Excalidraw reads its globals when its module runs, and a bundler may run
 * an imported chunk before the module that imports it; so the page itself is a dynamic import.
 * Meanwhile the connection is already being made.
 */
import "./styles/board.css";
import { readConfig } from "./config";
import { claimDevice, holderOfPage, watchDevice } from "./copies";
import { loadLanguage, t } from "./i18n";
import { loaded, tryAgain } from "./page/tryAgain";
import { here } from "./prefix";
import { BoardSession } from "./sync/session";
import { applyTheme, takeTheme } from "./theme";

takeTheme();
applyTheme();
const root = document.getElementById("board-root");
const config = readConfig();
window.EXCALIDRAW_ASSET_PATH = config.assetPath;
window.EXCALIDRAW_THROTTLE_RENDER = true;
document.title = `${config.title} · Canvas`;

const holder = holderOfPage();
if (holder) {
  void claimDevice(holder);
  // Their page of this board, if there is one, takes the place of what is on the screen.
  watchDevice(holder, () => window.location.reload());
}

if ("serviceWorker" in navigator) {
  // Without it, as in private windows, the board does not open offline.
  navigator.serviceWorker.register(here("/sw.js")).catch(() => {});
}

if (root) {
  const words = loadLanguage();
  const session = new BoardSession(config);
  const page = import("./page/main").catch(() => null);
  void words.then(async () => {
    session.refresh();
    tell(root, "status", t("Opening the board…"));
    const part = await page;
    if (part === null) {
      tell(root, "alert", t("The board could not be loaded. It is tried again by itself."));
      tryAgain();
      return;
    }
    try {
      part.mount(root, config, session);
      loaded();
    } catch {
      tell(root, "alert", t("The board could not be shown. Reload the page."));
    }
  });
}

function tell(root: HTMLElement, role: "status" | "alert", text: string): void {
  const paragraph = document.createElement("p");
  paragraph.className = "board-loading";
  paragraph.role = role;
  paragraph.textContent = text;
  root.replaceChildren(paragraph);
}
