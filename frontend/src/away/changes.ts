/** What others did to a board beyond a state that this person has seen. Pure. */
import * as Y from "yjs";
import { isTombstone } from "../canvas/decode";
import { BOUND_PREFIX, type Json } from "../canvas/groups";
import { elementIdOf, isDerived } from "../conflicts/groups";
import { t } from "../i18n";

export type AwayKind = "created" | "changed" | "deleted";

export interface AwayChange {
  readonly element: string;
  readonly kind: AwayKind;
  /** Names, in the order in which they are met. */
  readonly authors: readonly string[];
}

/** Says who wrote with a client id; `null` for the user of this page. */
export type AuthorOf = (client: number) => string | null;

/** Bookkeeping that nobody would call a change. */
const SILENT = new Set(["index", "containerId", "startBinding", "endBinding", "customData"]);

interface Touched {
  readonly authors: Set<string>;
  isCreated: boolean;
}

/** Elements that others created, changed or deleted; what came and went in between is left out. */
export function changesSince(
  doc: Y.Doc,
  seen: ReadonlyMap<number, number>,
  authorOf: AuthorOf,
): AwayChange[] {
  const touched = new Map<string, Touched>();
  for (const [client, structs] of doc.store.clients) {
    const from = seen.get(client) ?? 0;
    const last = structs.at(-1);
    if (!last || last.id.clock + last.length <= from) continue;
    const author = authorOf(client);
    if (author === null) continue;
    for (let i = Y.findIndexSS(structs, from); i < structs.length; i += 1) {
      const struct = structs[i];
      if (struct instanceof Y.Item) note(doc, struct, author, touched);
    }
  }
  return describe(doc, touched, seen, authorOf);
}

function note(doc: Y.Doc, item: Y.Item, author: string, touched: Map<string, Touched>): void {
  const { parent, parentSub } = item;
  if (!(parent instanceof Y.AbstractType) || parentSub === null) return;
  const isCreation = parent === doc.share.get("elements");
  const id = isCreation ? parentSub : elementIdOf(parent);
  if (id === null) return;
  if (!isCreation && isSilent(parent as Y.Map<Json>, parentSub)) return;
  const known = touched.get(id) ?? { authors: new Set<string>(), isCreated: false };
  known.authors.add(author);
  known.isCreated ||= isCreation;
  touched.set(id, known);
}

function isSilent(map: Y.Map<Json>, key: string): boolean {
  return SILENT.has(key) || key.startsWith(BOUND_PREFIX) || isDerived(map, key);
}

function describe(
  doc: Y.Doc,
  touched: ReadonlyMap<string, Touched>,
  seen: ReadonlyMap<number, number>,
  authorOf: AuthorOf,
): AwayChange[] {
  const elements = doc.getMap("elements");
  const changes: AwayChange[] = [];
  for (const [element, { authors, isCreated }] of touched) {
    const map: unknown = elements.get(element);
    if (!(map instanceof Y.Map)) continue;
    const deletion = map._map.get("del");
    const isDeleted = isTombstone(map.get("del") as Json | undefined);
    if (isDeleted && (isCreated || !deletion || !isByOthers(deletion, seen, authorOf))) continue;
    const kind = isDeleted ? "deleted" : isCreated ? "created" : "changed";
    changes.push({ element, kind, authors: [...authors] });
  }
  return changes;
}

function isByOthers(
  { id }: Y.Item,
  seen: ReadonlyMap<number, number>,
  authorOf: AuthorOf,
): boolean {
  return id.clock >= (seen.get(id.client) ?? 0) && authorOf(id.client) !== null;
}

/** "Anna changed 7 and deleted 2, Bob created 1". */
export function summary(changes: readonly AwayChange[]): string {
  const people = new Map<string, Map<AwayKind, number>>();
  for (const { kind, authors } of changes) {
    const names = joined(authors);
    const counts = people.get(names) ?? new Map<AwayKind, number>();
    people.set(names, counts.set(kind, (counts.get(kind) ?? 0) + 1));
  }
  const kinds: readonly AwayKind[] = ["created", "changed", "deleted"];
  const sentences = [...people].map(([names, counts]) => {
    const done = kinds.filter((kind) => counts.has(kind));
    const actions = joined(done.map((kind) => actionLabel(kind, counts.get(kind) ?? 0)));
    return t("{names} {actions}", { names, actions });
  });
  return sentences.join(", ");
}

function actionLabel(kind: AwayKind, n: number): string {
  if (kind === "created") return t("created {n}", { n });
  return kind === "changed" ? t("changed {n}", { n }) : t("deleted {n}", { n });
}

/** "a", "a and b", "a, b and c". */
export function joined(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  const last = words.at(-1) ?? "";
  return t("{others} and {last}", { others: words.slice(0, -1).join(", "), last });
}
