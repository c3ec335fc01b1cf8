/** One line under the top bar that people can put away. */
import type { ReactNode } from "react";
import { t } from "../i18n";
import { IconButton } from "./buttons";
import { CloseIcon } from "./icons";

interface NoticeProps {
  readonly onDismiss: () => void;
  readonly children: ReactNode;
}

export function Notice({ onDismiss, children }: NoticeProps) {
  return (
    <div className="board-notice">
      {children}
      <IconButton label={t("Dismiss")} onClick={onDismiss}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}
