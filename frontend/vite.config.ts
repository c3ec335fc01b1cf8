import { cpSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const EXCALIDRAW_DIST = "node_modules/@excalidraw/excalidraw/dist/prod";

/** What the board needs before Excalidraw is there: document, connection, offline copy, loader. */
const CORE_MODULES =
  /preload-helper|\/src\/(config|sync|canvas|conflicts|away)|node_modules\/(yjs|lib0|y-(protocols|websocket|indexeddb))\//;

/** The last font source that Excalidraw tries when its own files do not load. */
const FONT_CDN = /`https:\/\/esm\.sh\/.{1,200}?\/dist\/prod\/`/;

/**
 * Makes Excalidraw's fall-back font source this host as well, so that a board never tells a third
 * party that somebody opened it. The build fails when the string is no longer found.
 */
function selfHostedFonts(): Plugin {
  let replaced = false;
  let outDir = "";
  return {
    name: "self-hosted-fonts",
    apply: "build",
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    transform(code, id) {
      if (!id.includes("@excalidraw/excalidraw/dist/prod") || !FONT_CDN.test(code)) return null;
      replaced = true;
      return {
        code: code.replace(FONT_CDN, "new URL(window.EXCALIDRAW_ASSET_PATH,location.origin).href"),
        map: null,
      };
    },
    buildEnd(error) {
      if (!error && !replaced) this.error("Excalidraw's font CDN was not found and not replaced.");
    },
    closeBundle() {
      cpSync(`${EXCALIDRAW_DIST}/fonts`, `${outDir}/excalidraw/fonts`, { recursive: true });
    },
  };
}

export default defineConfig({
  logLevel: "warn",
  base: "/static/board/",
  publicDir: false,
  plugins: [selfHostedFonts()],
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    target: "es2022",
    // Excalidraw alone is larger than the default warning limit.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: [resolve("src/board.tsx"), resolve("src/site.ts")],
      output: {
        codeSplitting: {
          // Chunks must never import an entry: under another URL its module would run twice.
          groups: [{ name: "core", test: CORE_MODULES }],
        },
      },
      onLog(level, log, report) {
        // "use client" means nothing in a bundle for the browser alone.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});
