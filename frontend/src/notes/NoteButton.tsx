/** The button of the tool, beside the editor's own tools. */
import { t } from "../i18n";
import { NOTE_KEYS } from "../keys/shortcuts";
import { NoteIcon } from "../page/icons";
import { ToolButton } from "../page/ToolButton";

interface NoteButtonProps {
  /** The editor's own element. */
  readonly editor: HTMLElement;
  readonly isOn: boolean;
  readonly onToggle: () => void;
}

export function NoteButton(props: NoteButtonProps) {
  return (
    <ToolButton label={t("Note")} shortcut={NOTE_KEYS.tool} {...props}>
      <NoteIcon />
    </ToolButton>
  );
}
