/** What the build changes about Excalidraw's fonts. Each change fails the build when it no longer fits. */
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

export const EXCALIDRAW_DIST = "node_modules/@excalidraw/excalidraw/dist/prod";

/** The last font source that Excalidraw tries when its own files do not load. */
const FONT_CDN = /`https:\/\/esm\.sh\/.{1,200}?\/dist\/prod\/`/;

/**
 * Makes Excalidraw's fall-back font source this host as well, so that a board never tells a third
 * party that somebody opened it. The build fails when the string is no longer found.
 */
export function selfHostedFonts(): Plugin {
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

/** Embeds fonts whole in exported drawings: see `src/fonts/whole.ts`, or what takes its place. */
export function wholeFonts(standIn = "src/fonts/whole.ts"): Plugin {
  let replaced = 0;
  return {
    name: "whole-fonts",
    apply: "build",
    enforce: "pre",
    resolveId(source, importer) {
      const isSubset = /\/subset-(shared|worker)\.chunk\.js$/.test(source);
      if (!isSubset || !importer?.includes(EXCALIDRAW_DIST)) return null;
      replaced += 1;
      return resolve(standIn);
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

/** Variables with the addresses of the font's files, the list of them, and where it is used. */
const XIAOLAI_FILE = /var ([\w$]+)="(\.\/fonts\/Xiaolai\/[^"]+)";/g;
const XIAOLAI_LIST =
  /var ([\w$]+)=\[(\{uri:[\w$]+,descriptors:\{unicodeRange:"[^"]*"\}\},?){200,}\];/;
const LOAD_FONTS =
  /static async loadFontFaces\(([\w$]+),([\w$]+)\)\{(?=.{1,80}\bof ([\w$]+)\.registered\b)/;
const EMBED_FONTS =
  /static async generateFontFaceDeclarations\(([\w$]+)\)\{(?=let [\w$]+=([\w$]+)\.getUniqueFamilies)/;
const XIAOLAI_MODULE = "virtual:xiaolai";

/** Takes the list of a font's 209 files out of what every board loads: see `src/fonts/xiaolai.ts`. */
export function lazyXiaolai(): Plugin {
  let isReplaced = false;
  return {
    name: "lazy-xiaolai",
    apply: "build",
    enforce: "pre",
    resolveId: (source) => (source === XIAOLAI_MODULE ? `\0${XIAOLAI_MODULE}` : null),
    load(id) {
      if (id !== `\0${XIAOLAI_MODULE}`) return null;
      // Modules are read in no order: Excalidraw need not have been transformed yet.
      const faces = xiaolaiFaces();
      if (faces === null) this.error("Excalidraw's list of font files was not found.");
      return `export default ${faces};`;
    },
    transform(code, id) {
      if (!id.includes(EXCALIDRAW_DIST)) return null;
      if (!XIAOLAI_LIST.test(code) || !LOAD_FONTS.test(code) || !EMBED_FONTS.test(code))
        return null;
      isReplaced = true;
      const changed = code
        .replace(XIAOLAI_FILE, "")
        .replace(XIAOLAI_LIST, (_, name) => `var ${name}=[];`)
        .replace(
          LOAD_FONTS,
          (head, _, texts, fonts) => `${head}await withXiaolai(${fonts},${texts});`,
        )
        .replace(
          EMBED_FONTS,
          (head, elements, fonts) =>
            `${head}await withXiaolai(${fonts},${fonts}.getCharsPerFamily(${elements}));`,
        );
      const module = JSON.stringify(resolve("src/fonts/xiaolai.ts"));
      return { code: `import{withXiaolai}from${module};${changed}`, map: null };
    },
    buildEnd(error) {
      if (!error && !isReplaced) this.error("Excalidraw's list of font files was not replaced.");
    },
  };
}

/** The list with the addresses in it, as source text; `null` when it is no longer found. */
function xiaolaiFaces(): string | null {
  for (const name of readdirSync(EXCALIDRAW_DIST).filter((one) => one.endsWith(".js"))) {
    const code = readFileSync(`${EXCALIDRAW_DIST}/${name}`, "utf8");
    const list = XIAOLAI_LIST.exec(code)?.[0];
    if (!list) continue;
    const files = new Map([...code.matchAll(XIAOLAI_FILE)].map(([, one, uri]) => [one, uri]));
    return list
      .slice(list.indexOf("["), -1)
      .replace(/uri:([\w$]+)/g, (_, one) => `uri:${JSON.stringify(files.get(one))}`);
  }
  return null;
}
