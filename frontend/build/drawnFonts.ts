/** The fonts that the server draws with: Excalidraw's, in a format that renderers read. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Plugin } from "vite";
import { decompress } from "wawoff2";
import type { FontFile } from "../src/drawn/fonts.ts";
import { EXCALIDRAW_DIST } from "./fonts.ts";
import { kerningOf } from "./kerning.ts";
import { rangesOf, renamed, widthsOf } from "./sfnt.ts";

/** Folders whose fonts Excalidraw calls otherwise. */
const FAMILIES: Readonly<Record<string, string>> = {
  Lilita: "Lilita One",
  ComicShanns: "Comic Shanns",
};
/** In the editor's own buttons only, but for one, which has Hebrew letters. */
const LEFT_OUT = /^Assistant-(?!Regular)/;
/** The names of frames are measured in this one, and new texts in the other. */
const OF_NAMES = "Liberation";
const OF_TEXTS = "Excalifont";

/** Writes the fonts beside the bundle: as they are, for files, and for the renderer. */
export function drawnFonts(): Plugin {
  let outDir = "";
  return {
    name: "drawn-fonts",
    apply: "build",
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      const listed: FontFile[] = [];
      for (const path of fontFiles()) {
        const [folder = ""] = path.split("/");
        const family = FAMILIES[folder] ?? folder;
        const name = `${family} ${listed.filter((one) => one.family === family).length + 1}`;
        const woff = readFileSync(`${EXCALIDRAW_DIST}/fonts/${path}`);
        const font = Buffer.from(await decompress(woff));
        mkdirSync(`${outDir}/fonts/${folder}`, { recursive: true });
        mkdirSync(`${outDir}/print`, { recursive: true });
        writeFileSync(`${outDir}/fonts/${path}`, woff);
        writeFileSync(`${outDir}/print/${basename(path, ".woff2")}.ttf`, renamed(font, name));
        const isMeasured = folder === OF_NAMES || folder === OF_TEXTS;
        const widths = isMeasured ? { widths: widthsOf(font) } : {};
        const kerning = folder === OF_TEXTS ? { kerning: kerningOf(font) } : {};
        listed.push({ family, name, ranges: rangesOf(font), ...widths, ...kerning });
      }
      writeFileSync(`${outDir}/fonts.json`, JSON.stringify(listed));
    },
  };
}

function fontFiles(): string[] {
  return readdirSync(`${EXCALIDRAW_DIST}/fonts`, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".woff2") && !LEFT_OUT.test(basename(name)))
    .sort();
}
