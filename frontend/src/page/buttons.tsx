/** Buttons that stand in several places of the page. */
import type { ReactNode } from "react";
import { t } from "../i18n";
import { CloseIcon } from "./icons";

interface IconButtonProps {
  /** What the button does, in words; also shown on hover when `hasTitle` is set. */
  readonly label: string;
  readonly onClick: () => void;
  readonly hasTitle?: boolean;
  readonly isDisabled?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

export function IconButton(props: IconButtonProps) {
  const { label, onClick, hasTitle, isDisabled, className, children } = props;
  return (
    <button
      type="button"
      className={className ? `icon-button ${className}` : "icon-button"}
      aria-label={label}
      title={hasTitle ? label : undefined}
      {...pressable(!isDisabled, onClick)}
    >
      {children}
    </button>
  );
}

/**
 * For a button that may go out of use while it has the focus: a disabled one would lose it. One that
 * submits a form needs no `onClick`.
 */
export function pressable(isPressable: boolean, onClick?: () => void) {
  return {
    "aria-disabled": isPressable ? undefined : true,
    onClick: (event: { preventDefault: () => void }) => {
      if (isPressable) onClick?.();
      else event.preventDefault();
    },
  };
}

export function CloseButton({ onClose }: { readonly onClose: () => void }) {
  return (
    <IconButton label={t("Close")} onClick={onClose}>
      <CloseIcon />
    </IconButton>
  );
}

interface DialogActionsProps {
  readonly label: string;
  readonly onCancel: () => void;
  /** Left out in a form, which is submitted instead. */
  readonly onConfirm?: () => void;
  readonly isDisabled?: boolean;
}

/** The last line of a dialog: do it, or cancel. */
export function DialogActions({ label, onCancel, onConfirm, isDisabled }: DialogActionsProps) {
  return (
    <p className="dialog-actions">
      <button type="button" className="button" onClick={onCancel}>
        {t("Cancel")}
      </button>
      <button
        type={onConfirm ? "button" : "submit"}
        className="button primary"
        {...pressable(!isDisabled, onConfirm)}
      >
        {label}
      </button>
    </p>
  );
}
