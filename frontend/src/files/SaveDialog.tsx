/** The board, or what is selected, as a file that can be opened and imported again. */
import { serializeAsJSON } from "@excalidraw/excalidraw";
import { useState } from "react";
import type * as Y from "yjs";
import { toFile } from "../canvas/file";
import { UNKNOWN } from "../canvas/groups";
import { readGroups } from "../canvas/shared";
import { t, tn } from "../i18n";
import { DialogActions } from "../page/buttons";
import { Dialog } from "../page/Dialog";
import type { JoinedBoard } from "../page/useBoard";
import { type Elements, selectionOf } from "./selection";
import { download, fileName } from "./unsavedExport";

interface SaveDialogProps {
  readonly board: JoinedBoard;
  readonly title: string;
  readonly onClose: () => void;
}

export default function SaveDialog({ board, title, onClose }: SaveDialogProps) {
  const { api } = board;
  const [selected] = useState(() => selectionOf(api));
  const [isWhole, setWhole] = useState(selected.length === 0);
  return (
    <Dialog title={t("Save as a file")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          download(fileOf(board, isWhole ? null : selected), `${fileName(title)}.excalidraw`);
          onClose();
        }}
      >
        <fieldset className="choices">
          <legend>{t("What")}</legend>
          <label>
            <input type="radio" name="what" checked={isWhole} onChange={() => setWhole(true)} />
            {t("The whole board")}
          </label>
          <label>
            <input
              type="radio"
              name="what"
              checked={!isWhole}
              disabled={selected.length === 0}
              onChange={() => setWhole(false)}
            />
            {selected.length === 0
              ? t("The selection (nothing is selected)")
              : tn(selected.length, "The selected element", "The {n} selected elements")}
          </label>
        </fieldset>
        <p className="panel-note">
          {t(
            "An .excalidraw file holds everything, images too. Drop it on a board to add it there.",
          )}
        </p>
        <DialogActions label={t("Save")} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

/** A file of these elements, or of all, with the images that they show. */
function fileOf({ api, doc, flush }: JoinedBoard, chosen: Elements | null): string {
  flush();
  const elements = (chosen ?? api.getSceneElements()).map((one) => inFile(one, doc));
  const used = new Set(elements.map((one) => ("fileId" in one ? one.fileId : null)));
  const files = Object.entries(api.getFiles()).filter(([id]) => used.has(id as never));
  return serializeAsJSON(elements, api.getAppState(), Object.fromEntries(files), "local");
}

/** What the editor does not show of an element is in the file all the same. */
function inFile(element: Elements[number], doc: Y.Doc): Elements[number] {
  if (!(UNKNOWN in element)) return element;
  const { id, index } = element;
  const groups = readGroups(doc, id);
  return groups ? ({ ...toFile(id, groups), index } as unknown as Elements[number]) : element;
}
