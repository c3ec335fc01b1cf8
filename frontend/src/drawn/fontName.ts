/**
 * Stands in for Excalidraw's font subsetting where the server draws: instead of its bytes a font is
 * its name, and what starts the drawing puts the bytes there.
 */
export const Commands = { Subset: "SUBSET" } as const;
export const WorkerUrl = undefined;

export async function toBase64(font: unknown): Promise<string> {
  return String(font);
}

export const subsetToBase64 = toBase64;
