/** Writes changes of the scene into the document, group by group. Called in one transaction a push. */
import * as Y from "yjs";
import { seenOf } from "../conflicts/deletion";
import { assignGroup, type Baseline, type Baselines, newBaseline } from "./baseline";
import { bounded } from "./bounds";
import type { ElementChange } from "./changes";
import { isTombstone } from "./decode";
import { type Groups, isObject, type Json, PATH_KEYS, TEXT_KEYS } from "./groups";
import { elementMap } from "./shared";

/** Who draws here; the server checks it, this is for display. */
export interface Author {
  readonly id: string | null;
  readonly name: string;
}

const PARTS: { readonly [key: string]: readonly string[] } = { path: PATH_KEYS, text: TEXT_KEYS };

export interface WriterOptions {
  readonly doc: Y.Doc;
  readonly baselines: Baselines;
  readonly author: Author;
  /** Called with an element of which something else was written than the scene shows. */
  readonly onBounded: (id: string) => void;
}

export class Writer {
  private readonly options: WriterOptions;
  private readonly doc: Y.Doc;
  private readonly baselines: Baselines;
  private readonly authors: Y.Map<Json>;
  private readonly conflicts: Y.Map<Json>;
  private isAuthorKnown = false;

  constructor(options: WriterOptions) {
    this.options = options;
    this.doc = options.doc;
    this.baselines = options.baselines;
    this.authors = options.doc.getMap("authors");
    this.conflicts = options.doc.getMap("conflicts");
  }

  /** Writes all that one push found: what changed, what was cancelled, and who did it. */
  write(changes: readonly ElementChange[], cancelled: readonly string[]): void {
    for (const change of changes) this.writeElement(change);
    for (const id of cancelled) {
      const map = elementMap(this.doc, id);
      map?.set("del", this.tombstone(map));
    }
    this.writeOrder(changes);
    this.writeAuthor(changes);
  }

  private writeElement({ element, groups, changed }: ElementChange): void {
    const baseline = this.baselines.get(element.id) ?? newBaseline();
    const map = elementMap(this.doc, element.id);
    const written = bounded(groups);
    if (map) {
      // A tombstone says what its writer had seen, their own last edits included: it comes last.
      const ordered = changed.filter((key) => key !== "del");
      if (ordered.length < changed.length) ordered.push("del");
      for (const key of ordered) this.writeGroup(map, key, written[key], baseline);
      if (groups.del === true && !changed.includes("del")) this.renewTombstone(map, baseline);
    } else {
      baseline.shared = this.documentGroups(written);
      const created = new Y.Map<unknown>(Object.entries(baseline.shared));
      this.doc.getMap("elements").set(element.id, created);
      baseline.masked.clear();
    }
    baseline.shown = groups;
    baseline.version = element.version;
    baseline.nonce = element.versionNonce;
    this.baselines.set(element.id, baseline);
    if (written !== groups) this.noteBounded(element.id, baseline, groups, written);
  }

  /** What was beyond a bound is to be shown as it was written. */
  private noteBounded(id: string, baseline: Baseline, groups: Groups, written: Groups): void {
    for (const key of Object.keys(groups)) {
      if (groups[key] !== written[key]) assignGroup(baseline.shared, key, undefined);
    }
    this.options.onBounded(id);
  }

  private writeGroup(map: Y.Map<Json>, key: string, value: Json | undefined, baseline: Baseline) {
    const written =
      key === "del" ? value === true && this.tombstone(map) : withUnknownParts(map, key, value);
    if (written === undefined) map.delete(key);
    else map.set(key, written);
    assignGroup(baseline.shared, key, written);
    baseline.masked.delete(key);
  }

  /**
   * Undo changes deleted elements as well. The person who does that knows that the element is deleted; the
   * tombstone says so, or the change would pass for one that missed the deletion.
   */
  private renewTombstone(map: Y.Map<Json>, baseline: Baseline): void {
    const tombstone = map.get("del");
    if (!isTombstone(tombstone)) return;
    const by = this.options.author.id;
    const renewed = { ...(typeof tombstone === "object" ? tombstone : {}), by, seen: seenOf(map) };
    map.set("del", renewed);
    assignGroup(baseline.shared, "del", renewed);
  }

  private documentGroups(groups: Groups): Groups {
    const { del, ...others } = groups;
    return del === true ? { ...others, del: this.tombstone(null) } : others;
  }

  /** `map` is the element's, unless it is deleted as soon as it is created. */
  private tombstone(map: Y.Map<Json> | null): Json {
    const deletion = { by: this.options.author.id, at: Date.now() };
    return map ? { ...deletion, seen: seenOf(map) } : deletion;
  }

  /**
   * A new place in the stack was chosen among the places that are shown. Repaired indices that were
   * only shown until now are part of that choice and are written with it.
   */
  private writeOrder(changes: readonly ElementChange[]): void {
    if (!changes.some(({ changed }) => changed.includes("index"))) return;
    for (const [id, baseline] of this.baselines) {
      const index = baseline.shown?.index;
      const map = elementMap(this.doc, id);
      if (!baseline.masked.has("index") || index === undefined || !map) continue;
      this.writeGroup(map, "index", index, baseline);
    }
  }

  /**
   * Says who this client id is, once. A removed key leaves nothing behind that a state vector could
   * cover, so the entry is written again with it: "saved" then includes the removal.
   */
  private writeAuthor(changes: readonly ElementChange[]): void {
    const settles = this.settleConflicts(changes);
    const removes = changes.some(({ groups, changed }) => changed.some((key) => !(key in groups)));
    if (this.isAuthorKnown && !removes && !settles) return;
    this.isAuthorKnown = true;
    const { id, name } = this.options.author;
    this.authors.set(String(this.doc.clientID), { user: id, name });
    const meta = this.doc.getMap("meta");
    if (!meta.has("schema")) meta.set("schema", 1);
  }

  /** Editing a value that was in conflict resolves the conflict. Returns whether there was one. */
  private settleConflicts(changes: readonly ElementChange[]): boolean {
    if (this.conflicts.size === 0) return false;
    const settled = changes
      .flatMap(({ element, changed }) => changed.map((key) => `${element.id}/${key}`))
      .filter((key) => this.conflicts.has(key));
    for (const key of settled) this.conflicts.delete(key);
    return settled.length > 0;
  }
}

/** Parts of a path or text that a newer editor wrote beside those that are known here stay. */
function withUnknownParts(map: Y.Map<Json>, key: string, value: Json | undefined) {
  const known = PARTS[key];
  const before = known && map.get(key);
  if (!known || !isObject(before) || !isObject(value)) return value;
  const others = Object.entries(before).filter(([part]) => !known.includes(part));
  return others.length === 0 ? value : { ...Object.fromEntries(others), ...value };
}
