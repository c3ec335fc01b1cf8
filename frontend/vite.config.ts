import { createHash } from "node:crypto";
import { cpSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const BASE = "/static/board/";
const EXCALIDRAW_DIST = "node_modules/@excalidraw/excalidraw/dist/prod";

/** What the board needs before Excalidraw is there: document, connection, offline copy, loader. */
const CORE_MODULES =
  /\/src\/(config|sync|canvas|conflicts|away)|node_modules\/(yjs|lib0|y-(protocols|websocket|indexeddb))\//;

/** What every page needs before its first word. */
const WORD_MODULES = /preload-helper|\/src\/i18n\.ts/;

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
      if (!id.includes(EXCALIDRAW_DIST) || !FONT_CDN.test(code)) return null;
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

/** Where Excalidraw decides whether fonts are subset in a worker. */
const SUBSET_WORKER = /=typeof Worker<"u"/;

/** Embeds fonts whole in exported drawings: see `src/fonts/whole.ts`. */
function wholeFonts(): Plugin {
  let replaced = 0;
  return {
    name: "whole-fonts",
    apply: "build",
    enforce: "pre",
    resolveId(source, importer) {
      const isSubset = /\/subset-(shared|worker)\.chunk\.js$/.test(source);
      if (!isSubset || !importer?.includes(EXCALIDRAW_DIST)) return null;
      replaced += 1;
      return resolve("src/fonts/whole.ts");
    },
    transform(code, id) {
      if (!id.includes(EXCALIDRAW_DIST) || !SUBSET_WORKER.test(code)) return null;
      replaced += 1;
      return { code: code.replace(SUBSET_WORKER, "=false"), map: null };
    },
    buildEnd(error) {
      if (!error && replaced !== 3) this.error("Excalidraw's font subsetting was not replaced.");
    },
  };
}

/** Chunks that a board can do without when there is no network: languages that no page has. */
const NOT_PRECACHED = /\/locales\/(?!de-DE)/;

/** Tells the service worker which files make a board, and gives it a version that follows them. */
function precache(): Plugin {
  let fonts: string[] = [];
  return {
    name: "precache",
    apply: "build",
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
        .filter((name) => name.startsWith("assets/"));
      const files = [...built, ...fonts].sort().map((name) => BASE + name);
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
  base: BASE,
  publicDir: false,
  plugins: [selfHostedFonts(), wholeFonts(), precache()],
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
