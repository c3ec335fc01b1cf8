import { useSyncExternalStore } from "react";
import { t } from "../i18n";
import type { DropImport } from "./dropImport";

/** How far several dropped files are, and a way to stop after the one that is being added. */
export function DropBar({ drops }: { readonly drops: DropImport }) {
  const progress = useSyncExternalStore(drops.subscribe, drops.snapshot);
  return (
    <div role="status">
      {progress && (
        <div className="board-notice">
          <p>{t("Adding file {n} of {total}…", progress)}</p>
          <button type="button" className="button" onClick={drops.stop}>
            {t("Stop")}
          </button>
        </div>
      )}
    </div>
  );
}
