/** At what is selected: its colours, to align and group it, to comment on it, and to lock it. */
import type { ExcalidrawImperativeAPI } from "@excalidraw/excalidraw/types";
import {
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { createPortal } from "react-dom";
import { t } from "../i18n";
import { CLOSE_KEY } from "../keys/shortcuts";
import { useOwnKeys } from "../keys/useOwnKeys";
import { NoteColours } from "../notes/NoteColours";
import { selectedNotes } from "../notes/scene";
import { IconButton } from "../page/buttons";
import { AlignIcon, CommentIcon, LockIcon } from "../page/icons";
import type { JoinedBoard } from "../page/useBoard";
import { Colours } from "./Colours";
import { alignButtons, type EditorButton, groupButtons } from "./editorButtons";
import { usePlace } from "./place";
import { selectedAtRest } from "./selected";
import "../styles/selection.css";

interface SelectionBarProps {
  readonly board: JoinedBoard;
  readonly onComment: () => void;
}

/** Room for the handle that turns it. */
const SPACE = 40;

export default function SelectionBar({ board, onComment }: SelectionBarProps) {
  const { api, editor } = board;
  // What the bar shows follows from the elements, and from the editor's panel, which is drawn before this hears of it.
  const selected = useSyncExternalStore(api.onChange, () => keyOf(api, editor));
  const bar = useRef<HTMLDivElement>(null);
  const subject = useMemo(
    () => (selected ? { elements: () => selectedAtRest(api), space: SPACE } : null),
    [api, selected],
  );
  usePlace(bar, api, editor, subject);
  if (!selected) return null;
  return createPortal(
    <div
      ref={bar}
      className="selection-bar"
      role="toolbar"
      aria-label={t("What is selected")}
      // The canvas keeps the keys.
      onMouseDown={(event) => event.preventDefault()}
    >
      <Tools key={idsOf(api)} board={board} bar={bar} onComment={onComment} />
    </div>,
    editor,
  );
}

interface ToolsProps extends SelectionBarProps {
  readonly bar: RefObject<HTMLDivElement | null>;
}

function Tools({ board: { api, editor }, bar, onComment }: ToolsProps) {
  const [open, setOpen] = useState<"colour" | "align" | null>(null);
  useOwnKeys(bar, () => editor.focus());
  useCloseBeside(bar, open !== null, () => setOpen(null));
  const toggle = (part: "colour" | "align") => setOpen(open === part ? null : part);
  const aligning = alignButtons(editor);
  const isLocked = selectedAtRest(api).every(({ locked }) => locked);
  return (
    <>
      {selectedNotes(api).length > 0 ? (
        <fieldset className="note-picks" aria-label={t("Colour of notes")}>
          <NoteColours api={api} />
        </fieldset>
      ) : (
        <Colours editor={editor} isOpen={open === "colour"} onToggle={() => toggle("colour")} />
      )}
      {aligning.length > 0 && (
        <div className="selection-part">
          <IconButton label={t("Align")} hasTitle onClick={() => toggle("align")}>
            <AlignIcon />
          </IconButton>
          {open === "align" && (
            <fieldset className="selection-more" aria-label={t("Align")}>
              {aligning.map((button) => (
                <Mirrored key={button.label} {...button} />
              ))}
            </fieldset>
          )}
        </div>
      )}
      {groupButtons(editor).map((button) => (
        <Mirrored
          key={button.label}
          {...button}
          press={() => {
            button.press();
            // The button goes away, and what is pressed next is for the group.
            editor.focus();
          }}
        />
      ))}
      <IconButton label={t("Comment on it")} hasTitle onClick={onComment}>
        <CommentIcon />
      </IconButton>
      <IconButton
        label={isLocked ? t("Unlock") : t("Lock")}
        hasTitle
        onClick={() => pressLock(editor)}
      >
        <LockIcon isOpen={isLocked} />
      </IconButton>
    </>
  );
}

/** A button of the editor's, with its own picture. */
function Mirrored({ label, picture, press }: EditorButton) {
  const icon = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const svg = new DOMParser().parseFromString(picture, "text/html").body.firstElementChild;
    icon.current?.replaceChildren(...(svg ? [svg] : []));
  }, [picture]);
  return (
    <IconButton label={label} hasTitle onClick={press}>
      <span ref={icon} className="selection-picture" aria-hidden="true" />
    </IconButton>
  );
}

/** The editor's own key, which locks what is selected, or unlocks it. */
function pressLock(editor: HTMLElement): void {
  const key = { key: "l", code: "KeyL", ctrlKey: true, shiftKey: true };
  editor.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }));
}

/** A press anywhere else closes what is open, and so does Escape, before it means anything else. */
function useCloseBeside(
  bar: RefObject<HTMLElement | null>,
  isOpen: boolean,
  onClose: () => void,
): void {
  useLayoutEffect(() => {
    if (!isOpen) return;
    const onPress = ({ target }: Event) => {
      if (!(target instanceof Node && bar.current?.contains(target))) onClose();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== CLOSE_KEY) return;
      event.stopPropagation();
      onClose();
    };
    window.addEventListener("pointerdown", onPress, { capture: true });
    window.addEventListener("keydown", onKey, { capture: true });
    return () => {
      window.removeEventListener("pointerdown", onPress, { capture: true });
      window.removeEventListener("keydown", onKey, { capture: true });
    };
  });
}

function idsOf(api: ExcalidrawImperativeAPI): string {
  return selectedAtRest(api)
    .map(({ id }) => id)
    .join();
}

/** Another text whenever the bar has something else to show; empty without a bar. Phones have their own. */
function keyOf(api: ExcalidrawImperativeAPI, editor: HTMLElement): string {
  if (editor.classList.contains("excalidraw--mobile")) return "";
  return selectedAtRest(api)
    .map((one) => [one.id, one.locked, one.groupIds, one.strokeColor, one.backgroundColor].join())
    .join(";");
}
