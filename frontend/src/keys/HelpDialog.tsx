/** The keys of this product; the editor's own help has the rest. */
import { t } from "../i18n";
import { Dialog } from "../page/Dialog";
import { controlName, type HelpSection, helpSections } from "./shortcuts";

interface HelpDialogProps {
  readonly canEdit: boolean;
  readonly canComment: boolean;
  readonly onAllKeys: () => void;
  readonly onClose: () => void;
}

export default function HelpDialog({ canEdit, canComment, onAllKeys, onClose }: HelpDialogProps) {
  const control = controlName();
  return (
    <Dialog title={t("Keys and help")} onClose={onClose}>
      <div className="help-columns">
        {helpSections({ edit: canEdit, comment: canComment }, control).map((section) => (
          <Keys key={section.title} {...section} />
        ))}
      </div>
      <p className="dialog-actions">
        <button type="button" className="button" onClick={onAllKeys}>
          {t("All keys of the editor")}
        </button>
      </p>
    </Dialog>
  );
}

function Keys({ title, rows }: HelpSection) {
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
