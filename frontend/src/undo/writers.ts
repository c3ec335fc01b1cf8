/** Who wrote what last, value by value, and what others have written since this page knew it. */
import type * as Y from "yjs";
import { CHOSEN_GROUPS, hasPath, type Json } from "../canvas/groups";
import { targetOf } from "../canvas/references";
import { elementMap } from "../canvas/shared";
import type { Author } from "../canvas/writer";
import { isDerived, isSameValue } from "../conflicts/groups";

type AuthorEntry = { readonly user?: string | null } | undefined;

/**
 * Whether a value only followed from a change of something else: a label moves and breaks its lines
 * with its shape, an arrow that is bound at both ends follows them. Whoever moved a shape has not
 * changed what is bound to it.
 */
function followed(element: Y.Map<Json>, key: string, before: Json | undefined): boolean {
  const isLabel = typeof element.get("containerId") === "string";
  if (key === "text") return isLabel && isSameValue(key, before, element.get(key));
  if (!isDerived(element, key)) return false;
  const isArrow = hasPath(String(element.get("type")));
  return !isArrow || Boolean(element.get("startBinding") && element.get("endBinding"));
}

/** What takes an element into use: a text becomes a label, an arrow's end goes to a shape. */
const JOINS: ReadonlySet<string> = new Set(["containerId", "startBinding", "endBinding"]);

/** Whether a value says what somebody wanted, and does not only follow from something else. */
function isChoice(element: Y.Map<Json>, key: string, before: Json | undefined): boolean {
  if (!JOINS.has(key)) return CHOSEN_GROUPS.has(key) && !followed(element, key, before);
  const target = targetOf(element.get(key));
  return target !== null && target !== targetOf(before);
}

export class Writers {
  private readonly doc: Y.Doc;
  private readonly author: Author;
  private readonly elements: Y.Map<Y.Map<Json>>;
  private readonly authors: Y.Map<unknown>;
  /** Counts the changes of the document, so that "since" has a meaning. */
  private now = 0;
  /** `id/key` → when somebody else last wrote it, `id` → when somebody else made the element. */
  private readonly others = new Map<string, number>();
  /** `id/key` → when it last changed by itself, and not because something else did. */
  private readonly chosen = new Map<string, number>();
  /** `id/key` of the values that somebody else has removed. */
  private readonly removed = new Set<string>();
  /** `id` → when this person last made, deleted or brought back the element. */
  private readonly own = new Map<string, number>();

  constructor(doc: Y.Doc, author: Author) {
    this.doc = doc;
    this.author = author;
    this.elements = doc.getMap("elements");
    this.authors = doc.getMap("authors");
    this.elements.observeDeep(this.onElements);
  }

  destroy(): void {
    this.elements.unobserveDeep(this.onElements);
  }

  /** Whether the value that stands there is somebody else's. */
  isForeign(id: string, key: string): boolean {
    const item = elementMap(this.doc, id)?._map.get(key);
    if (!item) return false;
    // Who removed a value stands nowhere in the document.
    return item.deleted ? this.removed.has(`${id}/${key}`) : !this.isSelf(item.id.client);
  }

  /** Whether somebody else has written it while this page was open. */
  isContested(id: string, key: string): boolean {
    return this.others.has(`${id}/${key}`);
  }

  /** Whether others have changed the element, or taken it into use, since this person last made or deleted it. */
  isChangedSince(id: string): boolean {
    const isChosenSince = (key: string) =>
      (this.chosen.get(`${id}/${key}`) ?? this.others.get(id) ?? 0) > (this.own.get(id) ?? 0);
    const keys = elementMap(this.doc, id)?.keys() ?? [];
    return [...keys].some(
      (key) =>
        (CHOSEN_GROUPS.has(key) || JOINS.has(key)) &&
        isChosenSince(key) &&
        this.isWrittenSince(id, key, id),
    );
  }

  /** Whether somebody else wrote `key` of `id` since this person last made or deleted `element`. */
  isWrittenSince(id: string, key: string, element: string): boolean {
    if (!this.isForeign(id, key)) return false;
    const at = this.others.get(`${id}/${key}`) ?? this.others.get(id) ?? 0;
    return at > (this.own.get(element) ?? 0);
  }

  private readonly onElements = (
    events: Y.YEvent<Y.Map<Json>>[],
    { local: isLocal }: Y.Transaction,
  ): void => {
    this.now += 1;
    for (const event of events) {
      const id = String(event.path[0]);
      for (const [key, { oldValue }] of event.changes.keys) {
        if (event.path.length === 0) this.noteElement(key);
        else {
          this.note(id, key, event.target._map.get(key), isLocal);
          if (isChoice(event.target, key, oldValue as Json | undefined)) {
            this.chosen.set(`${id}/${key}`, this.now);
          }
        }
      }
    }
  };

  private noteElement(id: string): void {
    const item = this.elements._map.get(id);
    if (item && this.isSelf(item.id.client)) this.own.set(id, this.now);
    else this.others.set(id, this.now);
  }

  private note(id: string, key: string, item: Y.Item | undefined, isLocal: boolean): void {
    const name = `${id}/${key}`;
    const isRemoved = item === undefined || item.deleted;
    const isOwn = isRemoved ? isLocal : this.isSelf(item.id.client);
    if (isRemoved && !isOwn) this.removed.add(name);
    else this.removed.delete(name);
    if (!isOwn) this.others.set(name, this.now);
    else if (key === "del") this.own.set(id, this.now);
  }

  /** This page, and what the same account did elsewhere. */
  private isSelf(client: number): boolean {
    if (client === this.doc.clientID) return true;
    const entry = this.authors.get(String(client)) as AuthorEntry;
    return this.author.id !== null && entry?.user === this.author.id;
  }
}
