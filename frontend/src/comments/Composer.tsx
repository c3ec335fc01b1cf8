/** A field for a comment: mentions are completed, what is typed is kept, guests give a name. */
import {
  type ChangeEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { lengths } from "../../../boards/shared.json";
import { t, tn } from "../i18n";
import type { Kept } from "./kept";
import { completed, offered, type Person, type Typing, typedMention } from "./mentions";

const MAX_LENGTH = lengths.comment;
const NAME_MAX_LENGTH = lengths.guestName;

export interface Writer {
  /** Whether a name has to be given. */
  readonly isGuest: boolean;
  readonly kept: Kept;
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
  useEffect(() => {
    const textarea = field.current;
    if (!hasFocus || !textarea) return;
    textarea.focus();
    textarea.setSelectionRange(textarea.value.length, textarea.value.length);
  }, [hasFocus]);
  const submit = () => {
    if (!body.trim() || !name.accept()) return;
    setBody("");
    onSubmit(body.trim());
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || mention.onKeyDown(event)) return;
    const isTouch = window.matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || !(event.shiftKey || isTouch))) {
      event.preventDefault();
      submit();
    }
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
        maxLength={MAX_LENGTH}
        aria-label={label}
        placeholder={label}
        value={body}
        aria-autocomplete="list"
        aria-controls={mention.listId}
        aria-activedescendant={mention.activeId}
        onChange={(event) => {
          setText(event.target.value);
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
        <button type="submit" className="button primary" disabled={!body.trim()}>
          {submitLabel}
        </button>
      </p>
    </form>
  );
}

/** Asks a guest for a name, once; later shows it with a way to change it. */
function useGuestName({ isGuest, kept }: Writer, isAsked: boolean) {
  const id = useId();
  const [name, setName] = useState(kept.guestName);
  const [isOpen, setOpen] = useState(name === "");
  const [isMissing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  if (!isGuest || !isAsked) return { field: null, accept: () => true };
  const accept = () => {
    const given = name.trim();
    setMissing(given === "");
    if (given === "") input.current?.focus();
    else kept.guestName = given;
    setOpen(given === "");
    return given !== "";
  };
  const field = isOpen ? (
    <div className="field">
      <label htmlFor={id}>{t("Your name, for others to see")}</label>
      <input
        ref={input}
        id={id}
        value={name}
        maxLength={NAME_MAX_LENGTH}
        autoComplete="nickname"
        aria-invalid={isMissing}
        aria-describedby={isMissing ? `${id}-problem` : undefined}
        onChange={(event) => setName(event.target.value)}
      />
      {isMissing && (
        <p id={`${id}-problem`} className="field-error" role="alert">
          {t("Type your name first.")}
        </p>
      )}
    </div>
  ) : (
    <p className="composer-as">
      {t("As {name}", { name })}{" "}
      <button type="button" className="link-button" onClick={() => setOpen(true)}>
        {t("Change")}
      </button>
    </p>
  );
  return { field, accept };
}

/** Completes `@` with the people of the board. */
function useMention(
  writer: Writer,
  field: React.RefObject<HTMLTextAreaElement | null>,
  setText: (text: string) => void,
) {
  const listId = useId();
  const [people, setPeople] = useState<readonly Person[] | null>(null);
  const [typing, setTyping] = useState<Typing | null>(null);
  const [active, setActive] = useState(0);
  const options = typing && people ? offered(people, typing.query) : [];
  const isOpen = options.length > 0;
  const look = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) => {
    const found = selectionStart === selectionEnd ? typedMention(value, selectionStart) : null;
    if (found && !people) void writer.people().then(setPeople);
    if (found?.query !== typing?.query) setActive(0);
    setTyping(found);
  };
  const close = () => setTyping(null);
  const choose = (person: Person) => {
    const textarea = field.current;
    if (!textarea || !typing) return;
    const next = completed(textarea.value, textarea.selectionStart, typing, person);
    setText(next.text);
    close();
    // After React has written the text.
    requestAnimationFrame(() => textarea.setSelectionRange(next.caret, next.caret));
  };
  /** Whether the key was for the list. */
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = options[active];
    if (step) setActive((active + step + options.length) % options.length);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) choose(chosen);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const list = (
    <>
      <div
        id={listId}
        className="mention-list"
        role="listbox"
        aria-label={t("People")}
        hidden={!isOpen}
      >
        {options.map((person, index) => (
          <div
            tabIndex={-1}
            key={person.username}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => {
              // The field keeps the focus.
              event.preventDefault();
              choose(person);
            }}
          >
            {person.name} <span>@{person.username}</span>
          </div>
        ))}
      </div>
      <span className="visually-hidden" role="status">
        {isOpen && tn(options.length, "One person to choose", "{n} people to choose from")}
      </span>
    </>
  );
  return {
    list,
    listId,
    activeId: isOpen ? `${listId}-${active}` : undefined,
    close,
    onKeyDown,
    onChange: (event: ChangeEvent<HTMLTextAreaElement>) => look(event.target),
    onSelect: (event: { currentTarget: HTMLTextAreaElement }) => look(event.currentTarget),
  };
}
