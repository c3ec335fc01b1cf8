/** Adds files one after the other, and says what became of them. */
import { useEffect, useRef, useState } from "react";
import { t, tn } from "../i18n";
import type { Told } from "./Foot";
import { importFile } from "./importing";
import type { Libraries } from "./libraries";
import type { LibraryStore } from "./store";

interface Importing {
  readonly begin: (files: readonly File[], store: LibraryStore) => void;
  /** `null` when nothing is being added. */
  readonly stop: (() => void) | null;
}

export function useImporting(
  libraries: Libraries,
  onTold: (told: Told) => void,
  onProblem: (error: unknown) => void,
): Importing {
  const [running, setRunning] = useState<AbortController | null>(null);
  const latest = useRef(running);
  latest.current = running;
  useEffect(() => () => latest.current?.abort(), []);
  const begin = async (files: readonly File[], store: LibraryStore) => {
    const controller = new AbortController();
    setRunning(controller);
    let count = 0;
    try {
      for (const file of files) {
        count += await importFile(file, store, libraries.server, controller.signal);
      }
      onTold({ text: tn(count, "1 drawing was added.", "{n} drawings were added.") });
    } catch (error) {
      if (controller.signal.aborted) onTold({ text: t("Nothing more was added.") });
      else onProblem(error);
    }
    setRunning(null);
  };
  return {
    begin: (files, store) => void begin(files, store),
    stop: running && (() => running.abort()),
  };
}
