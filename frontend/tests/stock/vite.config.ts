/** Builds the stock editor into the directory that is named on the command line (`--outDir`). */
import { defineConfig } from "vite";

export default defineConfig({
  logLevel: "error",
  root: "tests/stock",
  publicDir: false,
  build: { target: "es2022", minify: false, chunkSizeWarningLimit: 10_000 },
});
