/** The title of the board, which people who manage it change in place. */
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { lengths } from "../../../boards/shared.json";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { CLOSE_KEY } from "../keys/shortcuts";
import { callBoard, problemText } from "./boardApi";
import { Problem } from "./Problem";

interface TitleProps {
  readonly config: BoardConfig;
  readonly title: string;
  readonly canRename: boolean;
  readonly isEditing: boolean;
  readonly onEditing: (isEditing: boolean) => void;
}

export function Title({ config, title, canRename, isEditing, onEditing }: TitleProps) {
  const { sent, problem, send, forget } = useRename(config, title);
  const button = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useLayoutEffect(() => {
    // The field that had the focus is gone.
    if (wasEditing.current && !isEditing) button.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  const shown = sent ?? title;
  if (!canRename) {
    return (
      <h1 className="board-title" title={title}>
        {title}
      </h1>
    );
  }
  const end = (words: string | null) => {
    onEditing(false);
    if (words !== null) send(words);
  };
  return (
    <div className="board-title">
      {isEditing ? (
        <TitleField title={shown} onEnd={end} />
      ) : (
        <h1>
          <button
            ref={button}
            type="button"
            className="board-rename"
            title={t("Rename")}
            onClick={() => {
              forget();
              onEditing(true);
            }}
          >
            {shown}
          </button>
        </h1>
      )}
      <Problem text={problem} />
    </div>
  );
}

interface TitleFieldProps {
  readonly title: string;
  /** `null` leaves it as it is. */
  readonly onEnd: (title: string | null) => void;
}

function TitleField({ title, onEnd }: TitleFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  const end = (words: string | null) => {
    if (isDone.current) return;
    isDone.current = true;
    const wanted = words?.trim() ?? "";
    onEnd(wanted === "" || wanted === title ? null : wanted);
  };
  const current = useRef(end);
  current.current = end;
  useLayoutEffect(() => {
    const input = field.current;
    // Not by React: the bar keeps these keys from everything outside.
    const onKeyDown = (event: KeyboardEvent) => {
      const isEntered = event.key === "Enter";
      if (event.isComposing || !(isEntered || event.key === CLOSE_KEY)) return;
      // It would press the title, which has the focus from now on.
      event.preventDefault();
      current.current(isEntered ? (input?.value ?? null) : null);
    };
    input?.focus();
    input?.select();
    input?.addEventListener("keydown", onKeyDown);
    return () => input?.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <input
      ref={field}
      className="board-rename"
      aria-label={t("Title of the board")}
      defaultValue={title}
      maxLength={lengths.title}
      autoComplete="off"
      data-own-keys
      onBlur={() => end(field.current?.value ?? null)}
    />
  );
}

/** Sends a new title; it is shown at once, and the old one again when it is refused. */
function useRename(config: BoardConfig, title: string) {
  const [sent, setSent] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the server has said what it is called
  useEffect(() => setSent(null), [title]);
  const send = async (words: string) => {
    setSent(words);
    try {
      await callBoard(config, "PATCH", "", { title: words });
    } catch (error) {
      setSent(null);
      setProblem(problemText(error));
    }
  };
  return { sent, problem, send: (words: string) => void send(words), forget: () => setProblem("") };
}
