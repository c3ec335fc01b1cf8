import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "virtual:xiaolai": resolve("tests/support/xiaolai.ts") } },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    pool: "threads",
    maxWorkers: 2,
    testTimeout: 60_000,
    setupFiles: ["tests/support/canvas2d.ts"],
    // Excalidraw imports files without their extension, which Node alone does not resolve.
    server: { deps: { inline: ["@excalidraw/excalidraw"] } },
  },
});
