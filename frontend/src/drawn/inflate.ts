/** Takes the place of `drawio/inflate.ts` where there is no browser to unpack deflated bytes. */
import { Inflate } from "fflate";

/** Bytes that are unpacked at once, which can become a thousand times as many. */
const STEP = 4_096;

export async function inflate(
  data: Uint8Array,
  onPiece: (piece: Uint8Array) => void,
): Promise<void> {
  const inflater = new Inflate(onPiece);
  for (let at = 0; at < data.length; at += STEP)
    inflater.push(data.subarray(at, at + STEP), at + STEP >= data.length);
}
