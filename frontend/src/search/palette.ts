/** The search dialog: a field and a list of results, worked by the keyboard as a combobox. */
import { t } from "../i18n";
import { CLOSE_KEY } from "../keys/shortcuts";
import { here } from "../prefix";
import type { SearchPlace } from "./open";
import { type Found, findAll, type Part, recentBoards } from "./server";
import { findHere } from "./words";
import "../styles/search.css";

const TYPING_MS = 150;

interface Row {
  readonly parts: readonly Part[];
  readonly where?: string;
  /** Where it leads; `null` when it is on this page. */
  readonly address: string | null;
  readonly element?: string;
}

interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Makes of an open dialog and its field the search. */
export function fillPalette(
  place: SearchPlace,
  dialog: HTMLDialogElement,
  field: HTMLInputElement,
): void {
  field.placeholder = t("Search boards, texts, comments and people");
  const attributes: Record<string, string> = {
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "search-results",
    "aria-autocomplete": "list",
  };
  for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);
  const results = document.createElement("div");
  results.id = "search-results";
  results.className = "search-results";
  results.setAttribute("role", "listbox");
  results.setAttribute("aria-label", t("Results"));
  const status = document.createElement("p");
  status.className = "search-status";
  status.setAttribute("role", "status");
  dialog.append(results, status);
  const palette = new Palette(place, dialog, field, results, status);
  dialog.addEventListener("close", () => palette.stop());
  palette.look();
}

class Palette {
  private rows: readonly Row[] = [];
  private active = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;

  constructor(
    private readonly place: SearchPlace,
    private readonly dialog: HTMLDialogElement,
    private readonly field: HTMLInputElement,
    private readonly results: HTMLElement,
    private readonly status: HTMLElement,
  ) {
    field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), TYPING_MS);
    });
    dialog.addEventListener("keydown", (event) => this.onKey(event));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
  }

  look(): void {
    const typed = this.field.value.trim();
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const onBoard = this.onThisBoard(typed);
    if (onBoard.length > 0 || !this.place.isSignedIn) this.show(typed, onBoard, true);
    if (!this.place.isSignedIn) return;
    this.others(typed, running.signal).then(
      (groups) => this.show(typed, [...onBoard, ...groups], true),
      () => {
        if (!running.signal.aborted) this.show(typed, onBoard, false);
      },
    );
  }

  private onThisBoard(typed: string): Group[] {
    const texts = typed ? (this.place.texts?.() ?? []) : [];
    const rows = findHere(texts, typed).map(({ id, parts }) => ({
      parts,
      address: null,
      element: id,
    }));
    return rows.length > 0 ? [{ title: t("On this board"), rows }] : [];
  }

  private async others(typed: string, signal: AbortSignal): Promise<Group[]> {
    if (!typed) {
      const boards = await recentBoards(signal);
      const rows = boards
        .filter(({ id }) => id !== this.place.boardId)
        .map(({ id, title, owner }) => ({ parts: plain(title), where: owner, address: board(id) }));
      return grouped([{ title: t("Recent boards"), rows }]);
    }
    return grouped(groupsOf(await findAll(typed, this.place.boardId, signal), this.place));
  }

  private show(typed: string, groups: readonly Group[], hasAnswer: boolean): void {
    this.rows = groups.flatMap(({ rows }) => rows);
    let number = 0;
    this.results.replaceChildren(
      ...groups.map((group, at) => {
        const section = document.createElement("div");
        section.setAttribute("role", "group");
        section.setAttribute("aria-labelledby", `search-group-${at}`);
        const title = document.createElement("div"); // A list box may hold no heading.
        title.id = `search-group-${at}`;
        title.className = "search-group";
        title.textContent = group.title;
        section.append(title, ...group.rows.map((row) => this.option(row, number++)));
        return section;
      }),
    );
    this.choose(this.rows.length > 0 ? 0 : -1);
    this.status.textContent = said(typed, this.rows.length, hasAnswer, this.place.isSignedIn);
  }

  private option(row: Row, number: number): HTMLElement {
    const option = document.createElement("div");
    option.id = `search-option-${number}`;
    option.className = "search-option";
    option.setAttribute("role", "option");
    const text = document.createElement("span");
    text.append(...row.parts.map(marked));
    option.append(text);
    if (row.where) {
      const where = document.createElement("small");
      where.textContent = row.where;
      option.append(where);
    }
    option.addEventListener("pointermove", () => this.choose(number));
    option.addEventListener("click", (event) => this.open(row, event.ctrlKey || event.metaKey));
    return option;
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.rows.length - 1;
    const next: Record<string, number> = {
      ArrowDown: this.active >= last ? 0 : this.active + 1,
      ArrowUp: this.active <= 0 ? last : this.active - 1,
    };
    const wanted = next[event.key];
    if (wanted !== undefined) {
      event.preventDefault();
      this.choose(Math.min(wanted, last));
    } else if (event.key === CLOSE_KEY) {
      event.preventDefault();
      this.dialog.close();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const row = this.rows[this.active];
      if (row) this.open(row, event.ctrlKey || event.metaKey);
    }
  }

  private choose(number: number): void {
    this.active = number;
    for (const option of this.results.querySelectorAll("[role=option]")) {
      const isActive = option.id === `search-option-${number}`;
      option.setAttribute("aria-selected", String(isActive));
      if (isActive) option.scrollIntoView({ block: "nearest" });
    }
    if (number < 0) this.field.removeAttribute("aria-activedescendant");
    else this.field.setAttribute("aria-activedescendant", `search-option-${number}`);
  }

  private open(row: Row, inNewTab: boolean): void {
    if (row.address !== null && inNewTab) {
      window.open(row.address, "_blank", "noopener");
      return;
    }
    this.dialog.close();
    if (row.address !== null) window.location.assign(row.address);
    else if (row.element) this.place.show?.(row.element);
  }
}

function groupsOf(found: Found, { boardId }: SearchPlace): Group[] {
  return [
    {
      title: t("Boards"),
      rows: found.boards.map(({ id, parts, owner }) => ({
        parts,
        where: owner,
        address: board(id),
      })),
    },
    {
      title: t("On boards"),
      // Those of this board are shown as they are on it now.
      rows: found.texts
        .filter((text) => text.board.id !== boardId)
        .map((text) => ({
          parts: text.excerpt,
          where: text.board.title,
          address: board(text.board.id, { element: text.element }),
        })),
    },
    {
      title: t("Comments"),
      rows: found.comments.map((comment) => ({
        parts: comment.excerpt,
        where: `${comment.author} · ${comment.board.title}`,
        address: board(comment.board.id, { thread: comment.thread }),
      })),
    },
    {
      title: t("People"),
      rows: found.people.map(({ name, username }) => ({
        parts: plain(name),
        where: t("Boards of {name}", { name }),
        address: `${here("/")}?${new URLSearchParams({ q: username })}`,
      })),
    },
  ];
}

function said(typed: string, count: number, hasAnswer: boolean, isSignedIn: boolean): string {
  if (!hasAnswer) return t("The server is not answering. Try again when you are connected.");
  if (count > 0) return "";
  if (!typed) return isSignedIn ? t("No boards yet") : t("Type what you are looking for.");
  if (!/[\p{L}\p{N}\p{So}]/u.test(typed)) return t("Type a word, or the beginning of one.");
  return t("Nothing found for “{words}”. Try fewer words, or the beginning of one.", {
    words: typed,
  });
}

function board(id: string, query: Readonly<Record<string, string>> = {}): string {
  const more = new URLSearchParams(query).toString();
  return `${here(`/board/${id}`)}${more ? `?${more}` : ""}`;
}

function grouped(groups: readonly Group[]): Group[] {
  return groups.filter(({ rows }) => rows.length > 0);
}

function plain(text: string): Part[] {
  return [{ text, is_match: false }];
}

function marked({ text, is_match }: Part): Node {
  if (!is_match) return document.createTextNode(text);
  const mark = document.createElement("mark");
  mark.textContent = text;
  return mark;
}
