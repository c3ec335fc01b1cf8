/**
 * The drawing inside a picture that was exported with its scene: the page's half of
 * `sync/drawing/picture.py`, which names the format. Nothing of the picture itself is decoded. Pictures
 * that draw.io exported with their diagram have its text in a chunk `mxfile`, or in an attribute.
 */
import { t } from "../i18n";
import { Refused } from "./refused";

const MIME = "application/vnd.excalidraw+json";
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const DIAGRAM = "mxfile";
const ATTRIBUTE = /^<svg\b[^>]*?\scontent="(&lt;mxfile[^"]*)"/;
const MAX_CHUNKS = 100_000;
const [START, END] = ["<!-- payload-start -->", "<!-- payload-end -->"];
const VERSION = /<!-- payload-version:(\d+) -->/;

/** The text of the drawing, `mostBytes` of it at most; `null` for a picture without one. */
export async function drawingIn(picture: File, mostBytes: number): Promise<string | null> {
  const bytes = new Uint8Array(await picture.arrayBuffer());
  const isPng = SIGNATURE.every((byte, at) => bytes[at] === byte);
  const svg = isPng ? "" : new TextDecoder().decode(bytes);
  const text = isPng ? textOfPng(bytes, MIME) : textOfSvg(svg);
  try {
    if (text === null) return isPng ? diagramOfPng(bytes) : diagramOfSvg(svg);
    const packed = JSON.parse(text);
    if (packed.type === "excalidraw") return text; // as old versions wrote it
    if (packed.encoding !== "bstring" || typeof packed.encoded !== "string") return null;
    const data = bytesOf(packed.encoded);
    return packed.compressed ? await inflated(data, mostBytes) : new TextDecoder().decode(data);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(
      t("The drawing in “{file}” is damaged; it was not added.", { file: picture.name }),
    );
  }
}

function textOfPng(bytes: Uint8Array, keyword: string): string | null {
  const view = new DataView(bytes.buffer);
  let at = SIGNATURE.length;
  for (let chunk = 0; chunk < MAX_CHUNKS && at + 8 <= bytes.length; chunk += 1) {
    const length = view.getUint32(at);
    const kind = latin(bytes.subarray(at + 4, at + 8));
    if (kind === "IEND") return null;
    const data = bytes.subarray(at + 8, at + 8 + length);
    const isWanted =
      kind === "tEXt" && latin(data.subarray(0, keyword.length + 1)) === `${keyword}\0`;
    if (isWanted) return latin(data.subarray(keyword.length + 1));
    at += length + 12; // with its checksum
  }
  return null;
}

function textOfSvg(svg: string): string | null {
  const begin = svg.indexOf(`payload-type:${MIME}`);
  const start = begin < 0 ? -1 : svg.indexOf(START, begin);
  const end = start < 0 ? -1 : svg.indexOf(END, start);
  if (end < 0) return null;
  const version = VERSION.exec(svg.slice(begin, start))?.[1];
  const data = atob(svg.slice(start + START.length, end).trim());
  return version === "1" || !version ? new TextDecoder().decode(bytesOf(data)) : data;
}

function diagramOfPng(bytes: Uint8Array): string | null {
  const text = textOfPng(bytes, DIAGRAM);
  return text === null ? null : decodeURIComponent(text);
}

function diagramOfSvg(svg: string): string | null {
  const start = svg.indexOf("<svg");
  const text = start < 0 ? undefined : ATTRIBUTE.exec(svg.slice(start))?.[1];
  return text === undefined ? null : text.replace(/&(lt|gt|quot|amp|#10|#xa);/gi, decodedEntity);
}

function decodedEntity(_: string, name: string): string {
  return { lt: "<", gt: ">", quot: '"', amp: "&" }[name.toLowerCase()] ?? "\n";
}

/** Unpacked piece by piece, so that a few bytes cannot become more memory than there is. */
async function inflated(data: Uint8Array<ArrayBuffer>, mostBytes: number): Promise<string> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let left = mostBytes;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return pieces.join("") + decoder.decode();
    left -= value.length;
    if (left < 0) {
      await reader.cancel();
      const n = Math.floor(mostBytes / 1024 / 1024);
      throw new Refused(
        t("The drawing in this picture is larger than {n} MB and was not added.", { n }),
      );
    }
    pieces.push(decoder.decode(value, { stream: true }));
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function latin(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
