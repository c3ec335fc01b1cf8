/** The pins of threads on the canvas. They are for mouse and touch; keyboard users have the panel, which lists them all. */
import { type ReactNode, useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { t, tn } from "../i18n";
import { Avatar } from "./Avatar";
import { passToCanvas } from "./PlacingSurface";
import type { Pins } from "./pins";
import type { ShownThread } from "./shown";
import type { Anchor } from "./thread";

interface PinLayerProps {
  readonly pins: Pins;
  readonly container: HTMLElement;
  readonly threads: readonly ShownThread[];
  readonly openId: string | null;
  /** A new thread that is being written. */
  readonly draft: Anchor | null;
  readonly onOpen: (id: string) => void;
  readonly onOpenDraft: () => void;
}

export function PinLayer(props: PinLayerProps) {
  const { pins, container, threads, openId, draft, onOpen, onOpenDraft } = props;
  useEffect(() => {
    const { layer } = pins;
    const onWheel = (event: WheelEvent) => passToCanvas(event, container);
    layer.addEventListener("wheel", onWheel, { passive: false });
    return () => layer.removeEventListener("wheel", onWheel);
  }, [pins, container]);
  // Resolved threads are only shown while they are open.
  const shown = threads.filter(({ id, isResolved }) => !isResolved || id === openId);
  return createPortal(
    <>
      {shown.map((thread) => (
        <Pin
          key={thread.id}
          pins={pins}
          anchor={thread.anchor}
          isOpen={thread.id === openId}
          kind={kindOf(thread)}
          label={labelOf(thread)}
          onOpen={() => onOpen(thread.id)}
        >
          {thread.comments[0] && <Avatar author={thread.comments[0].author} />}
        </Pin>
      ))}
      {draft && (
        <Pin
          pins={pins}
          anchor={draft}
          isOpen={false}
          kind="draft"
          label={t("Comment being written")}
          onOpen={onOpenDraft}
        >
          …
        </Pin>
      )}
    </>,
    pins.layer,
  );
}

interface PinProps {
  readonly pins: Pins;
  readonly anchor: Anchor;
  readonly isOpen: boolean;
  readonly kind: string;
  readonly label: string;
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

function Pin({ pins, anchor, isOpen, kind, label, onOpen, children }: PinProps) {
  const pin = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is open is shown wherever it is
  useEffect(() => {
    return pin.current ? pins.attach(pin.current, anchor) : undefined;
  }, [pins, anchor, isOpen]);
  return (
    <button
      ref={pin}
      type="button"
      className="pin"
      tabIndex={-1}
      data-kind={kind}
      data-always={isOpen}
      aria-label={label}
      aria-expanded={isOpen}
      title={label}
      onClick={onOpen}
    >
      {children}
    </button>
  );
}

function kindOf({ isLocal, isResolved, isUnread }: ShownThread): string {
  if (isLocal) return "local";
  if (isResolved) return "resolved";
  return isUnread ? "unread" : "open";
}

function labelOf({ comments, isUnread }: ShownThread): string {
  const name = comments[0]?.author.name ?? "";
  const count = tn(comments.length, "one comment", "{n} comments");
  return isUnread
    ? t("Thread by {name}, {count}, unread", { name, count })
    : t("Thread by {name}, {count}", { name, count });
}
