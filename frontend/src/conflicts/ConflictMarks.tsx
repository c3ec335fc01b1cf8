/** A mark on each element that people disagree about; it leads to the list. */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { hasPath } from "../canvas/groups";
import { Pins } from "../comments/pins";
import { t } from "../i18n";
import type { JoinedBoard } from "../page/useBoard";
import "../styles/marks.css";
import "../styles/pins.css";
import type { Conflict, ConflictList } from "./list";
import { elementLabel } from "./words";

/** More would hide the drawing, and the list has them all. */
const MOST_SHOWN = 200;
/** An anchor stays within its element: this is its right edge. Lines have theirs where they begin. */
const FAR_RIGHT = Number.MAX_SAFE_INTEGER;

interface ConflictMarksProps {
  readonly board: JoinedBoard;
  readonly list: ConflictList;
  /** Shows the list, at the conflicts of an element. */
  readonly onOpen: (element: string) => void;
}

export default function ConflictMarks({ board, list, onOpen }: ConflictMarksProps) {
  const conflicts = useSyncExternalStore(list.subscribe, list.snapshot);
  return conflicts.length === 0 ? null : <Marks {...{ board, conflicts, onOpen }} />;
}

interface MarksProps extends Omit<ConflictMarksProps, "list"> {
  readonly conflicts: readonly Conflict[];
}

function Marks({ board: { api, doc, editor }, conflicts, onOpen }: MarksProps) {
  const [pins, setPins] = useState<Pins | null>(null);
  useEffect(() => {
    const made = new Pins(api, doc, editor, "mark");
    setPins(made);
    return () => made.destroy();
  }, [api, doc, editor]);
  if (!pins) return null;
  const marked = new Map(conflicts.map((one) => [one.element, one]));
  return createPortal(
    [...marked.values()]
      .slice(0, MOST_SHOWN)
      .map((one) => (
        <Mark
          key={one.element}
          pins={pins}
          element={one.element}
          dx={hasPath(one.elementType) ? 0 : FAR_RIGHT}
          label={elementLabel(one)}
          onOpen={() => onOpen(one.element)}
        />
      )),
    pins.layer,
  );
}

interface MarkProps {
  readonly pins: Pins;
  readonly element: string;
  readonly dx: number;
  readonly label: string;
  readonly onOpen: () => void;
}

function Mark({ pins, element, dx, label, onOpen }: MarkProps) {
  const mark = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    return mark.current ? pins.attach(mark.current, { element, dx, dy: 0 }) : undefined;
  }, [pins, element, dx]);
  const words = t("People disagree about {what}", { what: label });
  return (
    <button
      ref={mark}
      type="button"
      className="conflict-mark"
      tabIndex={-1}
      data-always
      aria-label={words}
      title={words}
      onClick={onOpen}
    >
      !
    </button>
  );
}
