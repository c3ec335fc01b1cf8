/**
 * Who wrote a note. The document knows it of every value: the client id that wrote it, which the
 * server lets nobody else use, and the name behind that id, which it compares with the sender's.
 * What stands in the drawing itself is never asked.
 */
import type * as Y from "yjs";
import { elementMap } from "../canvas/shared";
import type { Author } from "../canvas/writer";

interface Writer {
  /** `null` for people without an account. */
  readonly user: string | null;
  readonly name: string;
  readonly client: number;
}

export interface NoteAuthors {
  /** Who made the note; `null` when the document does not know, and for oneself. */
  readonly maker: string | null;
  /** Who wrote the words, if that was somebody else. */
  readonly editor: string | null;
}

/** The people behind a note and its text, as `author` is to see them; `null` if there is nothing to see. */
export function authorsOf(
  doc: Y.Doc,
  note: string,
  text: string | null,
  author: Author,
): NoteAuthors | null {
  const maker = writerOf(doc, note, "type");
  const editor = text === null ? null : writerOf(doc, text, "text");
  const isOther = (one: Writer | null) => one !== null && !isSelf(one, doc, author);
  const isEdited = editor !== null && maker !== null && !isSame(editor, maker);
  // A note of one's own is named once somebody else has changed its words.
  if (!isOther(maker) && !(isEdited && isOther(editor))) return null;
  return { maker: maker?.name ?? null, editor: isEdited ? editor.name : null };
}

function writerOf(doc: Y.Doc, id: string, key: string): Writer | null {
  const item = elementMap(doc, id)?._map.get(key);
  if (!item || item.deleted) return null;
  const { client } = item.id;
  const entry: unknown = doc.getMap("authors").get(String(client));
  if (typeof entry !== "object" || entry === null || !("name" in entry)) return null;
  const { name } = entry;
  if (typeof name !== "string" || name === "") return null;
  const user = "user" in entry && typeof entry.user === "string" ? entry.user : null;
  return { user, name, client };
}

function isSelf({ user, client }: Writer, doc: Y.Doc, author: Author): boolean {
  return client === doc.clientID || (user !== null && user === author.id);
}

/** Of two guests nobody knows whether they are one: only of one client id. */
function isSame(a: Writer, b: Writer): boolean {
  return a.client === b.client || (a.user !== null && a.user === b.user);
}
