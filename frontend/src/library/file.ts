/** Libraries as files (`.excalidrawlib`), of both versions. */
import type { FileElement } from "../canvas/file";
import { Refused } from "../files/refused";
import { t } from "../i18n";
import {
  type Images,
  type Item,
  lastPosition,
  MAX_FILE_MEGABYTES,
  MAX_ITEM_BYTES,
  MAX_ITEMS,
  MAX_NAME,
} from "./item";

export const LIBRARY_TYPE = "application/vnd.excalidrawlib+json";
const MEGABYTE = 1_000_000;

/** The items of a file, all of them or none. Throws `Refused` with the reason in words. */
export async function readLibrary(file: File): Promise<Omit<Item, "position">[]> {
  if (file.size > MAX_FILE_MEGABYTES * MEGABYTE) {
    const values = { file: file.name, n: MAX_FILE_MEGABYTES };
    throw new Refused(t("“{file}” is larger than {n} MB and was not added.", values));
  }
  try {
    return itemsOf(JSON.parse(await file.text()));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(t("“{file}” is no library and was not added.", { file: file.name }));
  }
}

/** The items in a parsed file. Throws for anything that is no library. */
export function itemsOf(file: unknown): Omit<Item, "position">[] {
  const { type, libraryItems, library, files } = (file ?? {}) as Record<string, unknown>;
  const listed = libraryItems ?? library;
  if (type !== "excalidrawlib" || !Array.isArray(listed)) throw new Error("This is no library.");
  if (listed.length > MAX_ITEMS) throw tooMany();
  return listed.flatMap((one) => {
    const { elements, name } = Array.isArray(one)
      ? { elements: one, name: "" }
      : (one as { elements?: unknown; name?: unknown });
    if (!Array.isArray(elements)) throw new Error("This item is damaged.");
    const living = elements.filter((element) => !element?.isDeleted) as FileElement[];
    return living.length === 0 ? [] : [newItem(nameOf(name), living, imagesOf(living, files))];
  });
}

export function tooMany(): Refused {
  return new Refused(t("A library can have {n} items. Nothing was added.", { n: MAX_ITEMS }));
}

/** An item of its own. Throws `Refused` for one that is too large. */
export function newItem(
  name: string,
  elements: readonly FileElement[],
  files: Images,
): Omit<Item, "position"> {
  if (JSON.stringify({ elements, files }).length > MAX_ITEM_BYTES) {
    const n = MAX_ITEM_BYTES / MEGABYTE;
    throw new Refused(t("An item of a library can have {n} MB. Nothing was added.", { n }));
  }
  return { id: crypto.randomUUID(), name, elements, files };
}

/** The images that elements show, of all that are there. */
export function imagesOf(elements: readonly FileElement[], files: unknown): Images {
  const all = (files ?? {}) as Images;
  const ids = elements.flatMap(({ fileId }) => (typeof fileId === "string" ? [fileId] : []));
  return Object.fromEntries(
    ids.flatMap((id) => {
      const image = Object.hasOwn(all, id) ? all[id] : undefined;
      return image && String(image.dataURL).startsWith("data:image/") ? [[id, image]] : [];
    }),
  );
}

function nameOf(name: unknown): string {
  // What reorders or breaks the text around it has no place in a name.
  const line = typeof name === "string" ? name.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}‪-‮⁦-⁩]/gu, " ") : "";
  return line.trim().slice(0, MAX_NAME);
}

/** A file of the present version with these items. */
export function libraryFile(items: readonly Item[]): string {
  const files = Object.assign({}, ...items.map((one) => one.files));
  return JSON.stringify({
    type: "excalidrawlib",
    version: 2,
    source: "canvas",
    libraryItems: items.map(({ id, name, elements }) => ({
      ...{ id, status: "unpublished", created: Date.now(), name, elements },
    })),
    ...(Object.keys(files).length > 0 ? { files } : {}),
  });
}

/** Adds positions behind those that are there. Throws `Refused` when they would be too many. */
export function placed(items: readonly Omit<Item, "position">[], present: readonly Item[]): Item[] {
  if (present.length + items.length > MAX_ITEMS) throw tooMany();
  const first = lastPosition(present);
  return items.map((item, n) => ({ ...item, position: first + n }));
}
