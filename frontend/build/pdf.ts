/** What the reader of PDFs asks for when a file needs it: characters, fonts, and codecs. */
import { cpSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

const PDFJS = "node_modules/pdfjs-dist";
const FOLDERS = ["cmaps", "standard_fonts", "wasm", "iccs"];
/** Runs scripts in files, which nobody here wants. */
const UNWANTED = /quickjs/i;

/** Puts them into a folder of the version: they never change there. */
export function pdfFiles(): Plugin {
  let outDir = "";
  return {
    name: "pdf-files",
    apply: "build",
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      const { version } = JSON.parse(readFileSync(`${PDFJS}/package.json`, "utf8"));
      for (const folder of FOLDERS) {
        cpSync(`${PDFJS}/${folder}`, `${outDir}/pdf-${version}/${folder}`, {
          recursive: true,
          filter: (path) => !UNWANTED.test(path),
        });
      }
    },
  };
}
