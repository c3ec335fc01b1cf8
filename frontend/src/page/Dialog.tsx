/** A modal dialog of the browser's own: it keeps the focus inside and closes with Escape. */
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { CloseButton } from "./buttons";
import { useReturnFocus } from "./useReturnFocus";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useReturnFocus();
  useLayoutEffect(() => {
    dialog.current?.showModal();
    // Not on the button that closes it, which the first space would press.
    const field = dialog.current?.querySelector<HTMLElement>("input:not([type='radio']), textarea");
    (field ?? heading.current)?.focus();
  }, []);
  return createPortal(
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it, as Escape does
    <dialog
      ref={dialog}
      className="page-dialog"
      aria-labelledby={id}
      data-own-keys
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="dialog-head">
        <h2 ref={heading} id={id} tabIndex={-1}>
          {title}
        </h2>
        <CloseButton onClose={onClose} />
      </div>
      <div className="dialog-body">{children}</div>
    </dialog>,
    // Not inside a panel, because Escape would then close both.
    document.body,
  );
}
