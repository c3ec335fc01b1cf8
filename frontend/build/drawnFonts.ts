/** The fonts that the server draws with, in a format that renderers read. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
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
/** New texts are measured in this one. */
const OF_TEXTS = "Excalifont";

/** What Excalidraw leaves to the browser's machine, by the name of its package. */
const OTHERS = {
  "noto-color-emoji": ["Noto Color Emoji", "emoji"],
  "noto-sans-arabic": ["Noto Sans Arabic", "arabic"],
  "noto-sans-devanagari": ["Noto Sans Devanagari", "devanagari"],
  "noto-sans-thai": ["Noto Sans Thai", "thai"],
};

interface Source {
  readonly family: string;
  readonly file: string;
  /** Where pictures that name their fonts find it; only those of Excalidraw are named. */
  readonly path?: string;
}

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
      mkdirSync(`${outDir}/print`, { recursive: true });
      for (const { family, file, path } of [...ofExcalidraw(), ...ofOthers()]) {
        const name = `${family} ${listed.filter((one) => one.family === family).length + 1}`;
        const woff = readFileSync(file);
        const font = Buffer.from(await decompress(woff));
        if (path) {
          mkdirSync(dirname(`${outDir}/fonts/${path}`), { recursive: true });
          writeFileSync(`${outDir}/fonts/${path}`, woff);
        }
        writeFileSync(`${outDir}/print/${basename(file, ".woff2")}.ttf`, renamed(font, name));
        const kerning = family === OF_TEXTS ? { kerning: kerningOf(font) } : {};
        listed.push({ family, name, ranges: rangesOf(font), ...mostWidths(font), ...kerning });
      }
      writeFileSync(`${outDir}/fonts.json`, JSON.stringify(listed));
    },
  };
}

function ofExcalidraw(): Source[] {
  return readdirSync(`${EXCALIDRAW_DIST}/fonts`, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".woff2") && !LEFT_OUT.test(basename(name)))
    .sort()
    .map((path) => {
      const [folder = ""] = path.split("/");
      return { family: FAMILIES[folder] ?? folder, file: `${EXCALIDRAW_DIST}/fonts/${path}`, path };
    });
}

function ofOthers(): Source[] {
  return Object.entries(OTHERS).map(([name, [family = "", subset]]) => ({
    family,
    file: `node_modules/@fontsource/${name}/files/${name}-${subset}-400-normal.woff2`,
  }));
}

function mostWidths(font: Buffer): Pick<FontFile, "width" | "widths"> {
  const all = Object.entries(widthsOf(font));
  const counts = new Map<number, number>();
  for (const [, width] of all) counts.set(width, (counts.get(width) ?? 0) + 1);
  const [most = [0, 0]] = [...counts].sort(([, one], [, other]) => other - one);
  const others = all.filter(([, width]) => width !== most[0]);
  return { width: most[0], widths: Object.fromEntries(others) };
}
