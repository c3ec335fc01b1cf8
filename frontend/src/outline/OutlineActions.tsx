/** What can be done with the object that is chosen in the outline. */
import { t } from "../i18n";
import type { Hands } from "./hands";
import type { OutlineEntry } from "./read";
import { SizeFields } from "./SizeFields";

interface OutlineActionsProps {
  readonly entry: OutlineEntry;
  readonly hands: Hands;
  readonly canEdit: boolean;
  readonly canComment: boolean;
  readonly onConnect: () => void;
  readonly onComment: () => void;
}

export function OutlineActions(props: OutlineActionsProps) {
  const { entry, hands, canEdit, canComment, onConnect, onComment } = props;
  const isElement = entry.kind !== "group";
  return (
    <fieldset className="outline-actions" aria-label={entry.label}>
      <button type="button" className="button" onClick={() => hands.take(entry.id)}>
        {canEdit ? t("Select on the canvas") : t("Show on the canvas")}
      </button>
      {canEdit && isElement && (
        <button type="button" className="button" onClick={() => hands.label(entry.id)}>
          {t("Edit the text")}
        </button>
      )}
      {canEdit && hands.canConnect(entry.id) && (
        <button type="button" className="button" onClick={onConnect}>
          {t("Connect")}
        </button>
      )}
      {canComment && isElement && (
        <button type="button" className="button" onClick={onComment}>
          {t("Comment")}
        </button>
      )}
      {canEdit && (
        <button type="button" className="button" onClick={() => hands.delete(entry.id)}>
          {t("Delete")}
        </button>
      )}
      {canEdit && <SizeFields id={entry.id} sizes={hands.sizes} />}
    </fieldset>
  );
}
