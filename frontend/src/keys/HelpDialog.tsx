/** The keys of this product; the editor's own help has the rest. */
import { t } from "../i18n";
import { Dialog } from "../page/Dialog";

interface HelpDialogProps {
  readonly canEdit: boolean;
  readonly canComment: boolean;
  readonly onAllKeys: () => void;
  readonly onClose: () => void;
}

type Row = readonly [what: string, ...keys: string[]];

export default function HelpDialog({ canEdit, canComment, onAllKeys, onClose }: HelpDialogProps) {
  const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);
  const ctrl = isMac ? "⌘" : t("Ctrl");
  const board: Row[] = [
    ...(canComment ? [[t("Comment on something"), "C"] as const] : []),
    [t("List of comments"), t("Shift"), "C"],
    [t("Present"), t("Shift"), "P"],
    [t("Keys and help"), "?"],
    [t("Close what is open"), "Esc"],
  ];
  const presenting: Row[] = [
    [t("Next frame"), "→"],
    [t("Next frame"), t("Space")],
    [t("Previous frame"), "←"],
    [t("First and last frame"), t("Home"), t("End")],
    [t("End the presentation"), "Esc"],
  ];
  const drawing: Row[] = [
    [t("Select"), "V"],
    [t("Rectangle, diamond, ellipse"), "R", "D", "O"],
    [t("Arrow, line, pen"), "A", "L", "P"],
    [t("Text, eraser, frame"), "T", "E", "F"],
    [t("Laser pointer"), "K"],
    [t("Undo your own last change"), ctrl, "Z"],
    [t("Duplicate"), ctrl, "D"],
    [t("Group"), ctrl, "G"],
  ];
  const view: Row[] = [
    [t("Move the canvas"), t("Space"), t("drag")],
    [t("Zoom"), ctrl, t("wheel")],
    [t("Show everything"), t("Shift"), "1"],
    [t("Search on the canvas"), ctrl, "F"],
  ];
  return (
    <Dialog title={t("Keys and help")} onClose={onClose}>
      <div className="help-columns">
        <Keys title={t("Board")} rows={board} />
        {canEdit && <Keys title={t("Drawing")} rows={drawing} />}
        <Keys title={t("View")} rows={view} />
        <Keys title={t("While presenting")} rows={presenting} />
      </div>
      <p className="dialog-actions">
        <button type="button" className="button" onClick={onAllKeys}>
          {t("All keys of the editor")}
        </button>
      </p>
    </Dialog>
  );
}

function Keys({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl className="help-keys">
        {rows.map(([what, ...keys]) => (
          <div key={what + keys.join()}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
