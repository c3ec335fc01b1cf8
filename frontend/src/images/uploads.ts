/**
 * The queue of images on their way to the server. It knows neither the editor nor the browser's
 * storage, so that it can be tested: it sends one image after the other, keeps what could not be
 * sent for the next try, and drops what the server will never take.
 */

export interface PendingImage {
  readonly id: string;
  readonly mime: string;
  readonly bytes: Blob;
}

/** What the server says about a stored image. */
export interface StoredImage {
  readonly mime: string;
  readonly size: number;
  readonly width: number;
  readonly height: number;
}

/** The server's answer is final: trying again would not help. */
export class RefusedError extends Error {}

export interface UploadOptions {
  /** Sends one image. Throws `RefusedError` when it is refused for good. */
  readonly send: (image: PendingImage) => Promise<StoredImage>;
  /** Where images wait; survives a reload when the browser has storage. */
  readonly store: ImageStore;
  readonly onStored: (image: PendingImage, stored: StoredImage) => void;
  readonly onRefused: (image: PendingImage, message: string) => void;
  readonly onCount: (pending: number) => void;
}

export interface ImageStore {
  load(): Promise<PendingImage[]>;
  add(image: PendingImage): Promise<void>;
  remove(id: string): Promise<void>;
}

export class UploadQueue {
  private readonly options: UploadOptions;
  private readonly pending = new Map<string, PendingImage>();
  private running: Promise<void> | null = null;

  constructor(options: UploadOptions) {
    this.options = options;
  }

  /** Takes up what an earlier page left behind; returns it, so that it can be shown. */
  async restore(): Promise<PendingImage[]> {
    const images = await this.options.store.load();
    for (const image of images) this.pending.set(image.id, image);
    this.report();
    return images;
  }

  has(id: string): boolean {
    return this.pending.has(id);
  }

  add(image: PendingImage): void {
    if (this.pending.has(image.id)) return;
    this.pending.set(image.id, image);
    this.report();
    void this.options.store.add(image);
    void this.run();
  }

  /** Sends what waits, in order. Stops at the first image that cannot be sent now. */
  run(): Promise<void> {
    this.running ??= this.sendAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async sendAll(): Promise<void> {
    for (let image = this.first(); image; image = this.first()) {
      try {
        this.options.onStored(image, await this.options.send(image));
      } catch (error) {
        if (!(error instanceof RefusedError)) return;
        this.options.onRefused(image, error.message);
      }
      this.pending.delete(image.id);
      this.report();
      await this.options.store.remove(image.id);
    }
  }

  private first(): PendingImage | undefined {
    return this.pending.values().next().value;
  }

  private report(): void {
    this.options.onCount(this.pending.size);
  }
}
