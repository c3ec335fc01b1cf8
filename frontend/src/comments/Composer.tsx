/** A field for a comment: mentions are completed, what is typed is kept, guests give a name. */
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { lengths } from "../../../boards/shared.json";
import { shortened } from "../characters";
import { t } from "../i18n";
import { pressable } from "../page/buttons";
import type { CommentStore } from "./commentStore";
import { useGuestName } from "./GuestName";
import { useMention } from "./MentionList";
import type { Person } from "./mentions";
import { isTouch } from "./touch";

const MAX_LENGTH = lengths.comment;

export interface Writer {
  /** Whether a name has to be given. */
  readonly isGuest: boolean;
  readonly kept: CommentStore;
  /** Whom this person can mention; asked when the first `@` is typed. */
  readonly people: () => Promise<readonly Person[]>;
}

interface ComposerProps {
  readonly writer: Writer;
  readonly label: string;
  readonly submitLabel: string;
  readonly initial: string;
  readonly hasFocus?: boolean;
  /** Whether a name is asked for: not where one's own words are changed. */
  readonly asksName?: boolean;
  readonly onType?: (body: string) => void;
  readonly onSubmit: (body: string) => void;
  readonly onCancel?: () => void;
  readonly children?: ReactNode;
}

export function Composer(props: ComposerProps) {
  const { writer, label, submitLabel, initial, hasFocus, onType, onSubmit, onCancel } = props;
  const [body, setBody] = useState(initial);
  const field = useRef<HTMLTextAreaElement>(null);
  const name = useGuestName(writer, props.asksName ?? true);
  const setText = (text: string) => {
    setBody(text);
    onType?.(text);
  };
  const mention = useMention(writer, field, setText);
  useFocusAtEnd(field, hasFocus ?? false);
  const submit = () => {
    if (!body.trim() || !name.accept()) return;
    setBody("");
    onSubmit(body.trim());
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || mention.onKeyDown(event)) return;
    if (!sends(event)) return;
    event.preventDefault();
    submit();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {name.field}
      <textarea
        ref={field}
        className="composer-text"
        rows={2}
        aria-label={label}
        placeholder={label}
        value={body}
        aria-autocomplete="list"
        aria-controls={mention.listId}
        aria-activedescendant={mention.activeId}
        onChange={(event) => {
          setText(shortened(event.target.value, MAX_LENGTH));
          mention.onChange(event);
        }}
        onSelect={mention.onSelect}
        onBlur={mention.close}
        onKeyDown={onKeyDown}
      />
      {mention.list}
      {props.children}
      <p className="composer-actions">
        {onCancel && (
          <button type="button" className="button" onClick={onCancel}>
            {t("Cancel")}
          </button>
        )}
        <button type="submit" className="button primary" {...pressable(body.trim() !== "")}>
          {submitLabel}
        </button>
      </p>
    </form>
  );
}

/** Whether the key sends what was typed; with Shift, and on touch screens, Enter makes a line. */
function sends({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  return key === "Enter" && (ctrlKey || metaKey || !(shiftKey || isTouch()));
}

function useFocusAtEnd(field: RefObject<HTMLTextAreaElement>, hasFocus: boolean): void {
  useLayoutEffect(() => {
    const textarea = field.current;
    if (!hasFocus || !textarea) return;
    textarea.focus();
    textarea.setSelectionRange(textarea.value.length, textarea.value.length);
  }, [field, hasFocus]);
}
