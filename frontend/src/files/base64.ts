/** Base64 where there is no `atob`: on the server, which runs this in a bare engine. */

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The bytes; whatever is no digit counts as nothing. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const digits = base64.replace(/[^A-Za-z0-9+/]/g, "");
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let [bits, count, end] = [0, 0, 0];
  for (const digit of digits) {
    bits = ((bits << 6) | DIGITS.indexOf(digit)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[end] = (bits >> count) & 0xff;
    end += 1;
  }
  return bytes;
}
