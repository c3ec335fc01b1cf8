/** How the build changes Excalidraw's code. */
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { EXCALIDRAW_DIST } from "./fonts.ts";

/**
 * A plugin that changes one of Excalidraw's files. `change` gets each of them, and returns null for
 * those that it is not about. The build fails with `missing` when none was changed: a newer
 * Excalidraw may no longer have what the change expects.
 */
export function editorChange(
  name: string,
  missing: string,
  change: (code: string) => string | null,
): Plugin {
  let isChanged = false;
  return {
    name,
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      const changed = id.includes(EXCALIDRAW_DIST) ? change(code) : null;
      if (changed === null) return null;
      isChanged = true;
      return { code: changed, map: null };
    },
    buildEnd(error) {
      if (!error && !isChanged) this.error(missing);
    },
  };
}

/** The import of names from a module of the page, for the beginning of a changed file. */
export function importOf(names: string, module: string): string {
  return `import{${names}}from${JSON.stringify(resolve(module))};`;
}
