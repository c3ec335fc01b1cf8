/**
 * Images on the board. Their bytes never enter the document: added images are uploaded and then
 * named in the `files` map; the images of others are fetched when the editor needs them.
 */
import { getDataURL } from "@excalidraw/excalidraw";
import type { FileId } from "@excalidraw/excalidraw/element/types";
import type {
  BinaryFileData,
  BinaryFiles,
  ExcalidrawImperativeAPI,
} from "@excalidraw/excalidraw/types";
import type * as Y from "yjs";
import { LOCAL } from "../canvas/binding";
import type { BoardConfig } from "../config";
import type { BoardSession } from "../sync/session";
import { fetchImage, sendImage } from "./api";
import { imageStore, keepImage, keptImage } from "./store";
import { type PendingImage, type StoredImage, UploadQueue } from "./uploads";

const RETRY_MS = 20_000;
const TOAST_MS = 8000;

export class ImageExchange {
  private readonly api: ExcalidrawImperativeAPI;
  private readonly config: BoardConfig;
  private readonly session: BoardSession;
  private readonly files: Y.Map<unknown>;
  private readonly queue: UploadQueue;
  private readonly fetching = new Set<string>();
  /** Images that the server did not have when last asked; asked again on `retry`. */
  private readonly absent = new Set<string>();
  /** Images that nobody had uploaded yet when they were first looked for. */
  private readonly awaited = new Set<string>();
  private readonly refused = new Set<string>();
  private lastFiles: BinaryFiles = {};
  /** The editor's files and the scene's state when they were last looked through. */
  private seenElements: readonly unknown[] | null = null;
  private seenFileCount = -1;

  constructor(api: ExcalidrawImperativeAPI, config: BoardConfig, session: BoardSession) {
    this.api = api;
    this.config = config;
    this.session = session;
    this.files = session.doc.getMap("files");
    this.queue = new UploadQueue({
      send: (image) => sendImage(config, image),
      store: imageStore(session.offline),
      onStored: this.onStored,
      onRefused: this.onRefused,
      onCount: (count) => session.setPendingUploads(count),
    });
    this.files.observe(this.onFiles);
    session.connection.provider.on("sync", this.retry);
    window.addEventListener("online", this.retry);
    setInterval(this.retry, RETRY_MS);
    void this.restoreQueue();
  }

  /** To be called when the editor changed: there may be new images. */
  readonly onEditorChange = (): void => {
    const elements = this.api.getSceneElements();
    const fileCount = Object.keys(this.api.getFiles()).length;
    if (elements === this.seenElements && fileCount === this.seenFileCount) return;
    this.seenElements = elements;
    this.seenFileCount = fileCount;
    this.lookThrough();
  };

  /** The images of this page. The editor forgets its own when it is closed. */
  readonly shown = (): BinaryFiles => ({ ...this.lastFiles, ...this.api.getFiles() });

  private readonly onFiles = ({ keysChanged }: Y.YMapEvent<unknown>): void => {
    for (const id of keysChanged) this.absent.delete(id);
    this.lookThrough();
  };

  private readonly retry = (): void => {
    this.absent.clear();
    this.lookThrough();
    void this.queue.run();
  };

  /** Uploads what only this page has, and fetches what it lacks. */
  private lookThrough(): void {
    const loaded = this.api.getFiles();
    if (Object.keys(loaded).length > 0) this.lastFiles = loaded;
    for (const element of this.api.getSceneElements()) {
      if (element.type !== "image" || element.fileId === null) continue;
      const file = loaded[element.fileId];
      if (file) void this.upload(file);
      else void this.fetch(element.fileId);
    }
  }

  private async upload(file: BinaryFileData): Promise<void> {
    if (!this.session.canEdit || this.files.has(file.id) || this.refused.has(file.id)) return;
    if (this.queue.has(file.id)) return;
    this.queue.add({ id: file.id, mime: file.mimeType, bytes: blobOf(file.dataURL) });
  }

  private async fetch(id: FileId): Promise<void> {
    if (this.fetching.has(id) || this.absent.has(id) || this.queue.has(id)) return;
    // Usually its author is still uploading it; if that takes long, ask for it anyway.
    if (!this.files.has(id) && !this.awaited.has(id)) {
      this.awaited.add(id);
      this.absent.add(id);
      return;
    }
    this.fetching.add(id);
    try {
      const blob = await this.fetchOrKept(id);
      if (blob) await this.show(id, blob);
      else this.absent.add(id);
    } catch {
      this.absent.add(id);
    } finally {
      this.fetching.delete(id);
    }
  }

  /** From the server, which checks who may see it; without network, from the offline copy. */
  private async fetchOrKept(id: FileId): Promise<Blob | null> {
    let blob: Blob | null;
    try {
      blob = await fetchImage(this.config, id);
    } catch {
      return keptImage(this.session.offline, id);
    }
    if (blob) void keepImage(this.session.offline, id, blob);
    return blob;
  }

  private async show(id: string, blob: Blob): Promise<void> {
    const mimeType = blob.type as BinaryFileData["mimeType"];
    const dataURL = await getDataURL(blob);
    this.api.addFiles([{ id: id as FileId, mimeType, dataURL, created: Date.now() }]);
  }

  private async restoreQueue(): Promise<void> {
    for (const image of await this.queue.restore()) {
      await this.show(image.id, new Blob([image.bytes], { type: image.mime }));
    }
    void this.queue.run();
  }

  private readonly onStored = ({ id }: PendingImage, stored: StoredImage): void => {
    const { mime, size, width, height } = stored;
    this.session.doc.transact(() => this.files.set(id, { mime, size, width, height }), LOCAL);
  };

  private readonly onRefused = ({ id }: PendingImage, message: string): void => {
    this.refused.add(id);
    this.api.setToast({ message, closable: true, duration: TOAST_MS });
  };
}

/** The bytes of a data URL. Not by fetch: the page's policy allows connections to its host only. */
function blobOf(dataUrl: string): Blob {
  const comma = dataUrl.indexOf(",");
  const header = dataUrl.slice(0, comma);
  const type = /^data:([^;,]+)/.exec(header)?.[1] ?? "application/octet-stream";
  const body = dataUrl.slice(comma + 1);
  const text = header.endsWith(";base64") ? atob(body) : decodeURIComponent(body);
  return new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))], { type });
}
