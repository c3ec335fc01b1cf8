import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { equalCuts, fewerPictures, quickZoom } from "./build/drawing.ts";
import { EXCALIDRAW_DIST, lazyXiaolai, selfHostedFonts, wholeFonts } from "./build/fonts.ts";
import { ownUndo } from "./build/history.ts";
import { fewerPasses, movesInPlace } from "./build/passes.ts";
import { pdfFiles } from "./build/pdf.ts";
import { restingTrails, seenPeople } from "./build/people.ts";
import { resizingByKeys } from "./build/resizing.ts";

/** What the board needs before Excalidraw is there: document, connection, offline copy, loader; no panels. */
const CORE_MODULES =
  /\/src\/(config|sync|canvas|undo\/entry|away|conflicts(?!\/(actions|ghost)\.))[^.]*\.ts$|node_modules\/(yjs|lib0|y-(protocols|websocket|indexeddb))\//;

/** What every page needs before its first word. */
const WORD_MODULES = /preload-helper|\/src\/i18n\.ts/;

/**
 * Chunks that a board can do without when there is no network: languages that no page has, and the
 * reader of PDFs, which is kept when it was used.
 */
const NOT_PRECACHED = /\/locales\/(?!de-DE|en-)|\/pdfjs-dist\//;
const NOT_PRECACHED_FILES = /\/readerWorker-/;

/** Tells the service worker which files make a board, and gives it a version that follows them. */
function precache(): Plugin {
  let fonts: string[] = [];
  return {
    name: "precache",
    apply: "build",
    // After Vite's own, which take away the scripts of chunks that are styles alone.
    enforce: "post",
    buildStart() {
      // Chinese hand writing (Xiaolai, 13 MB) is kept when it was used.
      fonts = readdirSync(`${EXCALIDRAW_DIST}/fonts`, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".woff2") && !name.startsWith("Xiaolai"))
        .map((name) => `excalidraw/fonts/${name.replaceAll("\\", "/")}`);
    },
    generateBundle(_options, bundle) {
      const built = Object.values(bundle)
        .filter(
          (file) => file.type === "asset" || !file.moduleIds.some((id) => NOT_PRECACHED.test(id)),
        )
        .map(({ fileName }) => fileName)
        .filter((name) => name.startsWith("assets/") && !NOT_PRECACHED_FILES.test(name));
      const files = [...built, ...fonts].sort();
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk" || worker.imports.length > 0 || built.length === 0) {
        this.error("The service worker must be one file, and there must be something to keep.");
      }
      const version = createHash("sha256")
        .update(files.join() + worker.code)
        .digest("hex");
      worker.code = worker.code
        .replace("self.__PRECACHE__", () => JSON.stringify(files))
        .replace("self.__VERSION__", () => JSON.stringify(version.slice(0, 12)));
    },
  };
}

export default defineConfig({
  logLevel: "warn",
  // Files find each other wherever the site is; the server knows the address of the first.
  base: "./",
  publicDir: false,
  plugins: [
    fewerPictures(),
    quickZoom(),
    equalCuts(),
    fewerPasses(),
    movesInPlace(),
    ownUndo(),
    seenPeople(),
    restingTrails(),
    resizingByKeys(),
    selfHostedFonts(),
    wholeFonts(),
    lazyXiaolai(),
    pdfFiles(),
    precache(),
  ],
  worker: { format: "es" },
  resolve: {
    alias: { "pele/lazy": resolve("src/mermaid/pele.ts"), pako: resolve("src/files/deflate.ts") },
  },
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    target: "es2022",
    // Excalidraw alone is larger than the default warning limit.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: {
        board: resolve("src/board.tsx"),
        site: resolve("src/site.ts"),
        sw: resolve("src/worker/sw.ts"),
      },
      output: {
        // A worker is known by its address, so that one does not change.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        codeSplitting: {
          // Chunks must never import an entry: under another URL its module would run twice.
          groups: [
            { name: "words", test: WORD_MODULES },
            { name: "core", test: CORE_MODULES },
          ],
        },
      },
      onLog(level, log, report) {
        // "use client" means nothing in a bundle for the browser alone.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});
