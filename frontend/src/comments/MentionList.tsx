/** Completes `@` with the people of the board while one types. */
import {
  type ChangeEvent,
  type KeyboardEvent,
  type RefObject,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { t, tn } from "../i18n";
import { Face } from "./Avatar";
import type { Writer } from "./Composer";
import { completed, offered, type Person, type Typing, typedMention } from "./mentions";

/** What a field needs to complete `@`: handlers for its events, and the list to show below it. */
export function useMention(
  writer: Writer,
  field: RefObject<HTMLTextAreaElement | null>,
  setText: (text: string) => void,
) {
  const listId = useId();
  const [people, setPeople] = useState<readonly Person[] | null>(null);
  const [typing, setTyping] = useState<Typing | null>(null);
  const [active, setActive] = useState(0);
  const caret = useRef<number | null>(null);
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
    caret.current = next.caret;
  };
  useLayoutEffect(() => {
    if (caret.current === null) return;
    // React has written the text, and no further key has come.
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
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
  const list = <MentionList id={listId} people={options} active={active} onChoose={choose} />;
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

interface MentionListProps {
  readonly id: string;
  /** Whom to offer; without anybody the list is hidden. */
  readonly people: readonly Person[];
  readonly active: number;
  readonly onChoose: (person: Person) => void;
}

function MentionList({ id, people, active, onChoose }: MentionListProps) {
  const isOpen = people.length > 0;
  return (
    <>
      <div
        id={id}
        className="mention-list"
        role="listbox"
        aria-label={t("People")}
        hidden={!isOpen}
      >
        {people.map((person, index) => (
          <div
            tabIndex={-1}
            key={person.username}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => {
              // The field keeps the focus.
              event.preventDefault();
              onChoose(person);
            }}
          >
            <Face name={person.name} picture={person.picture} />
            {person.name} <span className="mention-username">@{person.username}</span>
          </div>
        ))}
      </div>
      <span className="visually-hidden" role="status">
        {isOpen && tn(people.length, "One person to choose from", "{n} people to choose from")}
      </span>
    </>
  );
}
