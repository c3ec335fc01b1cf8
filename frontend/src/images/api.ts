/** Images over HTTP: sending one, fetching one, and what to do with formats the server refuses. */
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { csrfToken } from "../language";
import { isAboutQuota } from "../page/boardApi";
import { type PendingImage, RefusedError, type StoredImage } from "./uploads";

/** What the server stores; everything else is drawn into a PNG first. */
const STORED_TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
/** Vector images are drawn at twice their size, so that they stay sharp when zoomed into. */
const RASTER_SCALE = 2;
const MAX_RASTER_PIXELS = 4096;

/** The address of one image; the query of the files URL, if any, stays at the end. */
export function fileUrl(filesUrl: string, fileId: string): string {
  const [path = "", query] = filesUrl.split("?");
  return `${path}/${encodeURIComponent(fileId)}${query === undefined ? "" : `?${query}`}`;
}

/** Uploads; throws `RefusedError` with the server's message when the image will never be taken. */
export async function sendImage(config: BoardConfig, image: PendingImage): Promise<StoredImage> {
  const bytes = await toStoredType(image);
  if (bytes.size > config.maxFileBytes) {
    const limit = Math.floor(config.maxFileBytes / 1024 / 1024);
    throw new RefusedError(t("The image is larger than {limit} MB and was not saved.", { limit }));
  }
  const response = await fetch(fileUrl(config.filesUrl, image.id), {
    method: "PUT",
    body: bytes,
    headers: { "Content-Type": bytes.type, "X-CSRFToken": csrfToken(config) },
    credentials: "same-origin",
  });
  if (response.ok) return (await response.json()) as StoredImage;
  // Signed out, overloaded or broken servers may take it later; other refusals are about the image.
  const answer: unknown = await response.json().catch(() => null); // not JSON when a proxy answers
  const isFinal = [400, 403, 404, 413, 415, 422].includes(response.status) || isAboutQuota(answer);
  const message = problemIn(answer, response.status);
  throw isFinal ? new RefusedError(message) : new Error(message);
}

/** The bytes of an image; `null` when the server does not have it (yet). */
export async function fetchImage(config: BoardConfig, fileId: string): Promise<Blob | null> {
  const response = await fetch(fileUrl(config.filesUrl, fileId), { credentials: "same-origin" });
  if (!response.ok) return null;
  const blob = await response.blob();
  return STORED_TYPES.has(blob.type) ? blob : null;
}

function problemIn(answer: unknown, status: number): string {
  if (typeof answer === "object" && answer !== null && "detail" in answer)
    return String(answer.detail);
  return t("The image was not saved ({status}).", { status });
}

async function toStoredType({ bytes, mime }: PendingImage): Promise<Blob> {
  if (STORED_TYPES.has(mime))
    return bytes.type === mime ? bytes : new Blob([bytes], { type: mime });
  const image = await decodeImage(new Blob([bytes], { type: mime }));
  const largest = Math.max(image.naturalWidth, image.naturalHeight, 1);
  const scale = Math.min(RASTER_SCALE, MAX_RASTER_PIXELS / largest);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!png) throw new RefusedError(t("This kind of image can’t be saved."));
  return png;
}

async function decodeImage(blob: Blob): Promise<HTMLImageElement> {
  const url = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } catch {
    throw new RefusedError(t("The image can’t be read."));
  } finally {
    URL.revokeObjectURL(url);
  }
}
