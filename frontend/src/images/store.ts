/** Keeps images beside the offline copy of the board: what waits for its upload, and what was seen. */
import type { OfflineCopy } from "../sync/offline";
import type { ImageStore, PendingImage } from "./uploads";

const INDEX_KEY = "uploads";
const imageKey = (id: string) => `upload:${id}`;

export function imageStore(offline: Promise<OfflineCopy | null>): ImageStore {
  const ids = new Set<string>();
  const writeIndex = async (copy: OfflineCopy) => copy.write(INDEX_KEY, [...ids]);
  return {
    async load() {
      const copy = await offline;
      const stored: unknown = await copy?.read(INDEX_KEY);
      const images: PendingImage[] = [];
      for (const id of Array.isArray(stored) ? stored : []) {
        const image: unknown = await copy?.read(imageKey(String(id)));
        if (isPendingImage(image)) {
          ids.add(image.id);
          images.push(image);
        }
      }
      return images;
    },
    async add(image) {
      const copy = await offline;
      if (!copy) return;
      ids.add(image.id);
      await copy.write(imageKey(image.id), image);
      await writeIndex(copy);
    },
    async remove(id) {
      const copy = await offline;
      if (!copy || !ids.delete(id)) return;
      await writeIndex(copy);
      await copy.remove(imageKey(id));
    },
  };
}

const seenKey = (id: string) => `image:${id}`;

/** Keeps an image for when there is no network; its bytes never change under its id. */
export async function keepImage(
  offline: Promise<OfflineCopy | null>,
  id: string,
  bytes: Blob,
): Promise<void> {
  const copy = await offline;
  if (copy && !((await copy.read(seenKey(id))) instanceof Blob))
    await copy.write(seenKey(id), bytes);
}

/** An image as it was kept; `null` when it was not. */
export async function keptImage(
  offline: Promise<OfflineCopy | null>,
  id: string,
): Promise<Blob | null> {
  const kept: unknown = await (await offline)?.read(seenKey(id));
  return kept instanceof Blob ? kept : null;
}

function isPendingImage(value: unknown): value is PendingImage {
  if (typeof value !== "object" || value === null) return false;
  const { id, mime, bytes } = value as Record<string, unknown>;
  return typeof id === "string" && typeof mime === "string" && bytes instanceof Blob;
}
