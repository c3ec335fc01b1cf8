import { describe, expect, test } from "vitest";
import { fileUrl } from "../src/images/api";
import {
  type ImageStore,
  type PendingImage,
  RefusedError,
  type StoredImage,
  UploadQueue,
} from "../src/images/uploads";

const STORED: StoredImage = { mime: "image/png", size: 3, width: 1, height: 1 };
const image = (id: string): PendingImage => ({ id, mime: "image/png", bytes: new Blob(["abc"]) });

class MemoryStore implements ImageStore {
  readonly images = new Map<string, PendingImage>();

  async load() {
    return [...this.images.values()];
  }

  async add(image: PendingImage) {
    this.images.set(image.id, image);
  }

  async remove(id: string) {
    this.images.delete(id);
  }
}

function queue(send: (image: PendingImage) => Promise<StoredImage>, store = new MemoryStore()) {
  const log: string[] = [];
  const uploads = new UploadQueue({
    send,
    store,
    onStored: ({ id }) => log.push(`stored ${id}`),
    onRefused: ({ id }, message) => log.push(`refused ${id}: ${message}`),
    onCount: (pending) => log.push(`${pending} pending`),
  });
  return { uploads, log, store };
}

describe("the upload queue", () => {
  test("sends each image once, in order, and then forgets it", async () => {
    const sent: string[] = [];
    const { uploads, log, store } = queue(async ({ id }) => {
      sent.push(id);
      return STORED;
    });
    uploads.add(image("a"));
    uploads.add(image("b"));
    uploads.add(image("a"));
    await uploads.run();
    expect(sent).toEqual(["a", "b"]);
    expect(log.filter((line) => line.startsWith("stored"))).toEqual(["stored a", "stored b"]);
    expect(log.at(-1)).toBe("0 pending");
    expect(store.images.size).toBe(0);
  });

  test("keeps what can not be sent now, and sends it when told to try again", async () => {
    let isOnline = false;
    const { uploads, log, store } = queue(async () => {
      if (!isOnline) throw new TypeError("Failed to fetch");
      return STORED;
    });
    uploads.add(image("a"));
    await uploads.run();
    expect(uploads.has("a")).toBe(true);
    expect([...store.images.keys()]).toEqual(["a"]);
    isOnline = true;
    await uploads.run();
    expect(log.at(-2)).toBe("stored a");
    expect(uploads.has("a")).toBe(false);
  });

  test("drops what the server refuses, says why, and goes on with the next", async () => {
    const { uploads, log } = queue(async ({ id }) => {
      if (id === "bad") throw new RefusedError("Not an image.");
      return STORED;
    });
    uploads.add(image("bad"));
    uploads.add(image("good"));
    await uploads.run();
    expect(log).toContain("refused bad: Not an image.");
    expect(log).toContain("stored good");
  });

  test("takes up after a reload what the page before could not send", async () => {
    const store = new MemoryStore();
    const first = queue(() => Promise.reject(new TypeError("Failed to fetch")), store);
    first.uploads.add(image("a"));
    await first.uploads.run();

    const second = queue(async () => STORED, store);
    const restored = await second.uploads.restore();
    expect(restored.map(({ id }) => id)).toEqual(["a"]);
    expect(second.log).toEqual(["1 pending"]);
    await second.uploads.run();
    expect(store.images.size).toBe(0);
  });
});

test("the query of the files address stays behind the image id", () => {
  expect(fileUrl("/api/v1/boards/b/files", "x")).toBe("/api/v1/boards/b/files/x");
  expect(fileUrl("/api/v1/boards/b/files?public=1", "a b")).toBe(
    "/api/v1/boards/b/files/a%20b?public=1",
  );
});
