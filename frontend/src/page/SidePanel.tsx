/** What lies beside the canvas on a wide screen, and over its lower part on a phone. */
import { type ReactNode, useLayoutEffect, useRef } from "react";
import { useOwnKeys } from "../keys/useOwnKeys";
import { CloseButton } from "./buttons";
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
  // Before the browser can handle another event: the next key is for the panel.
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <aside ref={panel} className="board-panel" aria-label={title} data-own-keys="panel">
      <header className="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <CloseButton onClose={onClose} />
      </header>
      <div className="panel-body">{children}</div>
    </aside>
  );
}
