/** A button of the bar, and what opens below it. */
import {
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useOwnKeys } from "../keys/useOwnKeys";

const EDGE_PX = 8;

interface PopoverProps {
  readonly label: string;
  readonly className?: string;
  /** Gets how to close it. */
  readonly children: (close: () => void) => ReactNode;
  /** A number that opens it whenever it grows. */
  readonly opening?: number;
}

export function Popover({ label, className = "", children, opening = 0 }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = useCallback(() => {
    setOpen(false);
    button.current?.focus();
  }, []);
  useEffect(() => {
    if (opening > 0) setOpen(true);
  }, [opening]);
  return (
    <div className="workshop-part">
      <button
        ref={button}
        type="button"
        className={`button ${className}`}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && (
        <Panel id={id} label={label} onClose={close} onLeave={() => setOpen(false)}>
          {children(close)}
        </Panel>
      )}
    </div>
  );
}

interface PanelProps {
  readonly id: string;
  readonly label: string;
  readonly onClose: () => void;
  readonly onLeave: () => void;
  readonly children: ReactNode;
}

function Panel({ id, label, onClose, onLeave, children }: PanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  const leave = useRef(onLeave);
  leave.current = onLeave;
  useOwnKeys(panel, onClose);
  useLayoutEffect(() => {
    const { left, right } = panel.current?.getBoundingClientRect() ?? { left: 0, right: 0 };
    // Below its button, and within the window.
    const shift = Math.max(0, EDGE_PX - left) - Math.max(0, right + EDGE_PX - window.innerWidth);
    if (shift !== 0 && panel.current) panel.current.style.translate = `${shift}px`;
  }, []);
  useLayoutEffect(() => {
    const element = panel.current;
    element?.querySelector<HTMLElement>("input, button:not(:disabled)")?.focus();
    // A click beside it closes it, but for one on its own button, which does so by itself.
    const onDown = ({ target }: PointerEvent) => {
      if (!(target instanceof Node) || element?.parentElement?.contains(target)) return;
      leave.current();
    };
    window.addEventListener("pointerdown", onDown, { capture: true });
    return () => window.removeEventListener("pointerdown", onDown, { capture: true });
  }, []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be about one choice
    <div
      ref={panel}
      id={id}
      role="group"
      aria-label={label}
      className="workshop-panel"
      data-own-keys="popover"
    >
      {children}
    </div>
  );
}
