/** `@username` in texts: being typed, and as it stands. The server decides who is mentioned. */

export interface Person {
  readonly username: string;
  readonly name: string;
  readonly picture: string;
}

/** A mention that is being typed: where its `@` stands, and what follows it. */
export interface Typing {
  readonly start: number;
  readonly query: string;
}

/** As in `boards/comments/services.py`. */
const TYPED = /(?<![\p{L}\p{N}_@])@([\p{L}\p{N}_.+-]{0,150})$/u;
const WRITTEN = /(?<![\p{L}\p{N}_@])@[\p{L}\p{N}_.+-]{1,150}/gu;
const MAX_OFFERED = 6;

/** The mention that ends at the caret; `null` when none does. */
export function typedMention(text: string, caret: number): Typing | null {
  const found = TYPED.exec(text.slice(0, caret));
  return found ? { start: found.index, query: found[1] ?? "" } : null;
}

/** Whom the typed letters may mean: names that begin with them first. */
export function offered(people: readonly Person[], query: string): Person[] {
  const wanted = query.toLocaleLowerCase();
  const rank = ({ username, name }: Person): number => {
    const words = [username, ...name.split(/\s+/)].map((word) => word.toLocaleLowerCase());
    if (words.some((word) => word.startsWith(wanted))) return 0;
    return words.some((word) => word.includes(wanted)) ? 1 : 2;
  };
  return people
    .map((person) => ({ person, rank: rank(person) }))
    .filter((one) => one.rank < 2)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MAX_OFFERED)
    .map(({ person }) => person);
}

/** The text with the typed mention completed, and where the caret then is. */
export function completed(
  text: string,
  caret: number,
  { start }: Typing,
  { username }: Person,
): { readonly text: string; readonly caret: number } {
  const head = `${text.slice(0, start)}@${username} `;
  return { text: head + text.slice(caret).replace(/^ /, ""), caret: head.length };
}

/** A text cut where people are mentioned. `mentions` are the usernames that the server recognised. */
export function segments(
  body: string,
  mentions: readonly string[],
): { readonly text: string; readonly isMention: boolean }[] {
  const found: { text: string; isMention: boolean }[] = [];
  let at = 0;
  for (const match of body.matchAll(WRITTEN)) {
    const name = mentions.find((one) => one === match[0].slice(1) || one === trimmed(match[0]));
    if (name === undefined) continue;
    if (match.index > at) found.push({ text: body.slice(at, match.index), isMention: false });
    at = match.index + name.length + 1;
    found.push({ text: `@${name}`, isMention: true });
  }
  if (at < body.length) found.push({ text: body.slice(at), isMention: false });
  return found;
}

/** A mention at the end of a sentence. */
function trimmed(written: string): string {
  return written.slice(1).replace(/[.+-]+$/, "");
}
