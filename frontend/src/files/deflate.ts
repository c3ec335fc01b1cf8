/**
 * What Excalidraw takes from pako, in a third of its bytes: it keeps a drawing inside PNG and SVG files with it.
 * The build puts this in pako's place.
 */
import { strFromU8, strToU8, unzlibSync, zlibSync } from "fflate";

/** A text as UTF-8, compressed as zlib does (RFC 1950). */
export function deflate(text: string): Uint8Array {
  return zlibSync(strToU8(text));
}

/** The text again. Throws when these are not such bytes. */
export function inflate(data: Uint8Array): string {
  return strFromU8(unzlibSync(data));
}
