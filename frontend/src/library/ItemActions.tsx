/** What can be done with the item that was chosen, at the foot of the panel. */
import { useLayoutEffect, useRef, useState } from "react";
import { t } from "../i18n";
import { CloseButton } from "../page/buttons";
import { PANEL_HEADING, useReturnFocus } from "../page/useReturnFocus";
import { type Item, MAX_NAME } from "./item";

export interface Target {
  readonly id: string;
  readonly title: string;
}

interface ItemActionsProps {
  readonly item: Item;
  readonly label: string;
  /** `null` where nothing may be changed. */
  readonly change: {
    readonly rename: (name: string) => void;
    readonly move: (by: number) => void;
    readonly remove: () => void;
  } | null;
  readonly isRenaming: boolean;
  readonly onRenaming: (isRenaming: boolean) => void;
  readonly onInsert: () => void;
  /** Where it can be copied to. */
  readonly targets: readonly Target[];
  readonly onCopy: (target: Target) => void;
  readonly onClose: () => void;
}

export function ItemActions(props: ItemActionsProps) {
  const { item, label, change, isRenaming, onRenaming, onClose } = props;
  const first = useRef<HTMLButtonElement>(null);
  useReturnFocus(PANEL_HEADING);
  useLayoutEffect(() => {
    if (item.id && !isRenaming) first.current?.focus();
  }, [item.id, isRenaming]);
  if (isRenaming && change) {
    return (
      <NameForm
        name={item.name}
        onName={(name) => {
          if (name !== null) change.rename(name);
          onRenaming(false);
        }}
      />
    );
  }
  return (
    <section className="library-actions" aria-label={label}>
      <p className="library-chosen">
        <strong>{label}</strong>
        <CloseButton onClose={onClose} />
      </p>
      <button ref={first} type="button" className="button" onClick={props.onInsert}>
        {t("Insert")}
      </button>
      {change && (
        <>
          <button type="button" className="button" onClick={() => onRenaming(true)}>
            {t("Rename")}
          </button>
          <button type="button" className="button" onClick={() => change.move(-1)}>
            {t("Move back")}
          </button>
          <button type="button" className="button" onClick={() => change.move(1)}>
            {t("Move on")}
          </button>
          <button type="button" className="button" onClick={change.remove}>
            {t("Remove")}
          </button>
        </>
      )}
      {props.targets.map((target) => (
        <button
          key={target.id}
          type="button"
          className="button"
          onClick={() => props.onCopy(target)}
        >
          {t("Copy to “{library}”", { library: target.title })}
        </button>
      ))}
    </section>
  );
}

interface NameFormProps {
  readonly name: string;
  /** `null` when it stays as it is. */
  readonly onName: (name: string | null) => void;
}

function NameForm({ name, onName }: NameFormProps) {
  const [value, setValue] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <form
      className="library-actions"
      onSubmit={(event) => {
        event.preventDefault();
        onName(value.trim());
      }}
    >
      <p className="field">
        <label htmlFor="library-name">{t("Name")}</label>
        <input
          ref={field}
          id="library-name"
          value={value}
          maxLength={MAX_NAME}
          onChange={({ target }) => setValue(target.value)}
        />
      </p>
      <button type="submit" className="button primary">
        {t("Save")}
      </button>
      <button type="button" className="button" onClick={() => onName(null)}>
        {t("Cancel")}
      </button>
    </form>
  );
}
