/** What somebody dropped, with the folders in it. */
import { MAX_DEPTH, MAX_FILES } from "./limits";
import type { Arrival } from "./walk";

/** Call it in the drop event: afterwards the browser has forgotten what was dropped. */
export function arrivalsOfDrop(data: DataTransfer): Promise<Arrival[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((one) => !!one);
  return walk(entries);
}

export function arrivalsOfFiles(files: Iterable<File>): Arrival[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function walk(entries: FileSystemEntry[]): Promise<Arrival[]> {
  const found: Arrival[] = [];
  const waiting = [...entries];
  // One more than may come, so that the limit is said.
  for (let entry = waiting.shift(); entry && found.length <= MAX_FILES; entry = waiting.shift()) {
    const path = entry.fullPath.replace(/^\//, "");
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => {
        (entry as FileSystemFileEntry).file(resolve, reject);
      });
      found.push({ path, file });
    } else if (path.split("/").length <= MAX_DEPTH) {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      for (;;) {
        const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
          reader.readEntries(resolve, reject);
        });
        if (some.length === 0 || waiting.length > MAX_FILES) break;
        waiting.push(...some);
      }
    }
  }
  return found;
}
