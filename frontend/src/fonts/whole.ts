/**
 * Stands in for Excalidraw's font subsetting when an SVG is exported: the fonts are embedded whole.
 * Its own does not work under this site's policy (it needs `eval`), says so in the console, falls
 * back to this very thing, and brings 740 KB of code for it.
 */

/** Bytes that are turned into a string at a time: each is an argument of one call. */
const STEP = 0x8000;

export const Commands = { Subset: "SUBSET" } as const;

/** No worker is ever started: see `wholeFonts` in the build. */
export const WorkerUrl = undefined;

/** The font as a data URL. */
export async function toBase64(font: ArrayBuffer): Promise<string> {
  const bytes = new Uint8Array(font);
  let text = "";
  for (let at = 0; at < bytes.length; at += STEP) {
    text += String.fromCharCode(...bytes.subarray(at, at + STEP));
  }
  return `data:font/woff2;base64,${btoa(text)}`;
}

export const subsetToBase64 = toBase64;
