/** Unpacks deflated bytes piece by piece, by the browser: where there is none, `drawn/inflate.ts` does. */

/** Calls `onPiece` for each; what it throws ends the work. Throws for bytes that are damaged. */
export async function inflate(
  data: Uint8Array<ArrayBuffer>,
  onPiece: (piece: Uint8Array) => void,
): Promise<void> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onPiece(value);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
