/** Files that are brought to a library: all of their items or none, and it can be stopped. */
import { Refused } from "../files/refused";
import { t } from "../i18n";
import { ApiError } from "../page/boardApi";
import { placed, readLibrary } from "./file";
import type { LibraryServer } from "./server";
import type { LibraryStore } from "./store";

/**
 * Adds the items of a file; gives how many there are. The server takes the file as a whole; without
 * one, or without network, the items are kept here. Throws `Refused` with the reason, and when aborted.
 */
export async function importFile(
  file: File,
  store: LibraryStore,
  server: LibraryServer | null,
  signal: AbortSignal,
): Promise<number> {
  const items = await readLibrary(file);
  await store.loaded;
  signal.throwIfAborted();
  if (server) {
    try {
      const created = await server.importFile(store.id, file, signal);
      await store.sync();
      return created;
    } catch (error) {
      if (error instanceof ApiError) throw new Refused(error.message);
      signal.throwIfAborted();
      // Nobody answers: each item waits here.
    }
  }
  if (items.length === 0) throw new Refused(t("“{file}” holds nothing.", { file: file.name }));
  store.putAll(placed(items, store.items() ?? []));
  return items.length;
}
