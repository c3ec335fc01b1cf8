/** Builds what the server draws boards with: a script, and fonts. No browser loads any of it. */
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { drawnFonts } from "./build/drawnFonts.ts";
import { wholeFonts } from "./build/fonts.ts";

export default defineConfig({
  logLevel: "warn",
  publicDir: false,
  plugins: [wholeFonts("src/drawn/fontName.ts"), drawnFonts()],
  resolve: {
    alias: [
      { find: /^\.\.\/mermaid\/convert$/, replacement: resolve("src/drawn/mermaid.ts") },
      { find: /^\.\/inflate$/, replacement: resolve("src/drawn/inflate.ts") },
    ],
  },
  define: {
    "process.env.NODE_ENV": '"production"',
    "process.env.IS_PREACT": '"false"',
    "import.meta.url": '"font:/"',
  },
  build: {
    outDir: "dist-drawn",
    target: "es2022",
    chunkSizeWarningLimit: 8000,
    lib: {
      entry: resolve("src/drawn/draw.ts"),
      formats: ["iife"],
      name: "canvasDrawn",
      fileName: () => "draw.js",
    },
    rolldownOptions: {
      output: { codeSplitting: false },
      onLog(level, log, report) {
        // "use client" means nothing here.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});
