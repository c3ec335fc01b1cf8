/** What lies beside the canvas on a wide screen, and over its lower part on a phone. */
import { type ReactNode, useEffect, useRef } from "react";
import { t } from "../i18n";
import { useOwnKeys } from "../keys/useOwnKeys";
import { CloseIcon } from "./icons";
import { useReturnFocus } from "./useReturnFocus";

interface SidePanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function SidePanel({ title, onClose, children }: SidePanelProps) {
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useOwnKeys(panel, onClose);
  useReturnFocus();
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside ref={panel} className="board-panel" aria-label={title}>
      <header className="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className="icon-button" aria-label={t("Close")} onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      <div className="panel-body">{children}</div>
    </aside>
  );
}
