/** A thread, or the beginning of one, beside its pin; on a phone at the lower edge. */
import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import { CLOSE_KEY } from "../keys/shortcuts";
import { CloseButton } from "../page/buttons";
import { useReturnFocus } from "../page/useReturnFocus";
import type { Pins } from "./pins";
import type { Anchor } from "./thread";

/** Keeps the pin visible, which stands to the right of its place. */
const GAP = 44;
const MARGIN = 8;

interface ThreadPopoverProps {
  readonly title: string;
  readonly anchor: Anchor;
  readonly pins: Pins;
  readonly actions?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function ThreadPopover(props: ThreadPopoverProps) {
  const { title, anchor, pins, actions, onClose, children } = props;
  const popover = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useReturnFocus();
  useEffect(() => {
    const element = popover.current;
    if (!element) return;
    // The popover grows with what is typed, and must stay inside the canvas.
    const size = new ResizeObserver(() => place());
    let at = { x: 0, y: 0 };
    const place = () => moveBeside(element, at.x, at.y);
    size.observe(element);
    const stop = pins.follow(anchor, (x, y) => {
      at = { x, y };
      place();
    });
    return () => {
      stop();
      size.disconnect();
    };
  }, [pins, anchor]);
  useLayoutEffect(() => {
    if (!popover.current?.contains(document.activeElement)) heading.current?.focus();
  }, []);
  return (
    <section
      ref={popover}
      className="thread-popover"
      role="dialog"
      aria-label={title}
      data-own-keys
      onKeyDown={(event) => {
        if (event.key === CLOSE_KEY) onClose();
      }}
    >
      <div className="thread-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        {actions}
        <CloseButton onClose={onClose} />
      </div>
      <div className="thread-body">{children}</div>
    </section>
  );
}

/** To the right of a point of the canvas or, without room, to the left; never over the edge. */
function moveBeside(element: HTMLElement, x: number, y: number): void {
  const { parentElement } = element;
  if (!parentElement) return;
  const { clientWidth, clientHeight } = parentElement;
  const { offsetWidth, offsetHeight } = element;
  const right = x + GAP;
  const left = right + offsetWidth > clientWidth - MARGIN ? x - GAP - offsetWidth : right;
  const bound = (value: number, most: number) => Math.max(MARGIN, Math.min(value, most - MARGIN));
  element.style.setProperty("--left", `${bound(left, clientWidth - offsetWidth)}px`);
  element.style.setProperty("--top", `${bound(y - GAP, clientHeight - offsetHeight)}px`);
}
