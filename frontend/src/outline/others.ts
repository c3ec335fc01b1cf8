/** What others change while one works, in a few words and not too often. */
import * as Y from "yjs";
import { type AuthorOf, type AwayChange, changesSince, joined, summary } from "../away/changes";
import { describeElement } from "../conflicts/list";
import { elementLabel } from "../conflicts/words";
import { t } from "../i18n";

/** At most one sentence in this time. */
export const REST_MS = 10_000;
/** So many changes are told one by one. */
const FEW = 2;

/** Tells `say` what others did; returns how to stop that. */
export function tellOthers(
  doc: Y.Doc,
  authorOf: AuthorOf,
  say: (words: string) => void,
): () => void {
  let seen = vectorOf(doc);
  let timer: ReturnType<typeof setTimeout> | null = null;
  const tell = () => {
    timer = null;
    const changes = changesSince(doc, seen, authorOf);
    seen = vectorOf(doc);
    if (changes.length > 0) say(inWords(doc, changes));
  };
  const onUpdate = (
    _update: Uint8Array,
    _origin: unknown,
    _doc: Y.Doc,
    { local }: Y.Transaction,
  ) => {
    if (!local) timer ??= setTimeout(tell, REST_MS);
  };
  doc.on("update", onUpdate);
  return () => {
    if (timer !== null) clearTimeout(timer);
    doc.off("update", onUpdate);
  };
}

function vectorOf(doc: Y.Doc): Map<number, number> {
  return Y.decodeStateVector(Y.encodeStateVector(doc));
}

/** "Bob changed Rectangle “Login”", or how many. */
export function inWords(doc: Y.Doc, changes: readonly AwayChange[]): string {
  if (changes.length > FEW) return summary(changes);
  return changes
    .map(({ element, kind, authors }) => {
      const values = { who: joined(authors), what: elementLabel(describeElement(doc, element)) };
      if (kind === "created") return t("{who} added {what}", values);
      if (kind === "changed") return t("{who} changed {what}", values);
      return t("{who} deleted {what}", values);
    })
    .join(", ");
}
