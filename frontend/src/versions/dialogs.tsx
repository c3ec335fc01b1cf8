/** What is asked before a version is named or restored. */
import { useId, useState } from "react";
import { lengths } from "../../../boards/shared.json";
import { shortened } from "../characters";
import { t } from "../i18n";
import { DialogActions } from "../page/buttons";
import { Dialog } from "../page/Dialog";

const NAME_MAX_LENGTH = lengths.versionName;

interface NameDialogProps {
  readonly initial: string;
  readonly onSubmit: (name: string) => void;
  readonly onClose: () => void;
}

export function NameDialog({ initial, onSubmit, onClose }: NameDialogProps) {
  const id = useId();
  const [name, setName] = useState(initial);
  return (
    <Dialog title={t("Name this version")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) onSubmit(name.trim());
        }}
      >
        <div className="field">
          <label htmlFor={id}>{t("Name")}</label>
          <input
            id={id}
            value={name}
            placeholder={t("Before the workshop")}
            onChange={(event) => setName(shortened(event.target.value, NAME_MAX_LENGTH))}
          />
        </div>
        <p className="panel-note">{t("Versions with a name are kept for good.")}</p>
        <DialogActions label={t("Save")} onCancel={onClose} isDisabled={!name.trim()} />
      </form>
    </Dialog>
  );
}

interface RestoreDialogProps {
  readonly title: string;
  readonly onRestore: () => void;
  readonly onClose: () => void;
}

export function RestoreDialog({ title, onRestore, onClose }: RestoreDialogProps) {
  return (
    <Dialog title={t("Restore this version?")} onClose={onClose}>
      <p>{title}</p>
      <p className="panel-note">
        {t(
          "This changes the board for everyone. What is there now is saved as a version, so you can undo this.",
        )}
      </p>
      <DialogActions label={t("Restore")} onCancel={onClose} onConfirm={onRestore} />
    </Dialog>
  );
}
