/** Offers people and groups while one types whom to share with: `input[data-suggest]`. */
import { initials } from "../comments/initials";
import { t, tn } from "../i18n";
import { pictureAddress } from "../pictures";

const TYPING_MS = 150;
const MIN_LENGTH = 2;

interface Suggestion {
  readonly is_group: boolean;
  readonly value: string;
  readonly name: string;
  readonly is_program: boolean;
  readonly picture: string;
}

/** Works for all such fields in `container`, also for those that come later. */
export function enhanceSuggestions(container: HTMLElement | Document): void {
  const boxes = new WeakMap<HTMLInputElement, SuggestionBox>();
  const boxOf = ({ target }: Event): SuggestionBox | null => {
    if (!(target instanceof HTMLInputElement) || !target.dataset.suggest) return null;
    const box = boxes.get(target) ?? new SuggestionBox(target, target.dataset.suggest);
    boxes.set(target, box);
    return box;
  };
  container.addEventListener("focusin", (event) => boxOf(event));
  container.addEventListener("input", (event) => boxOf(event)?.typed());
  container.addEventListener("focusout", (event) => boxOf(event)?.close());
  container.addEventListener("keydown", (event) => {
    if (event instanceof KeyboardEvent && boxOf(event)?.takes(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

let count = 0;

class SuggestionBox {
  private readonly list = document.createElement("div");
  private readonly status = document.createElement("span");
  private readonly id = `suggestions-${count++}`;
  private readonly onlyPeople: boolean;
  private offered: readonly Suggestion[] = [];
  private active = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;

  constructor(
    private readonly field: HTMLInputElement,
    private readonly address: string,
  ) {
    this.onlyPeople = field.dataset.suggestPeople !== undefined;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.id);
    this.list.id = this.id;
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", t("People and groups"));
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    field.after(this.list, this.status);
    this.show([]);
  }

  typed(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    const text = this.field.value.trim();
    if (text.length < MIN_LENGTH) this.show([]);
    else this.timer = setTimeout(() => void this.ask(text), TYPING_MS);
  }

  close(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.show([]);
  }

  /** Whether the key was for the list. */
  takes(key: string): boolean {
    if (this.offered.length === 0) return false;
    const chosen = this.offered[this.active];
    if (key === "ArrowDown") this.choose((this.active + 1) % this.offered.length);
    else if (key === "ArrowUp")
      this.choose(this.active <= 0 ? this.offered.length - 1 : this.active - 1);
    else if (key === "Enter" && chosen) this.take(chosen);
    else if (key === "Escape") this.close();
    else return false;
    return true;
  }

  private async ask(text: string): Promise<void> {
    const running = new AbortController();
    this.running = running;
    try {
      const query = new URLSearchParams({ q: text });
      const response = await fetch(`${this.address}?${query}`, {
        credentials: "same-origin",
        signal: running.signal,
      });
      // Names can be typed in full without offers, so nobody is told of a failure.
      const found = response.ok ? ((await response.json()) as Suggestion[]) : [];
      if (running.signal.aborted || !this.field.isConnected) return;
      this.show(this.onlyPeople ? found.filter((one) => !one.is_group) : found);
    } catch {
      if (!running.signal.aborted) this.show([]);
    }
  }

  private show(offered: readonly Suggestion[]): void {
    this.offered = offered;
    this.list.replaceChildren(...offered.map((one, at) => this.option(one, at)));
    this.list.hidden = offered.length === 0;
    this.field.setAttribute("aria-expanded", String(offered.length > 0));
    this.status.textContent =
      offered.length > 0
        ? tn(offered.length, "One person to choose from", "{n} people to choose from")
        : "";
    this.choose(-1);
  }

  private option(one: Suggestion, at: number): HTMLElement {
    const option = document.createElement("div");
    option.id = `${this.id}-${at}`;
    option.setAttribute("role", "option");
    const avatar = document.createElement("span");
    avatar.className = "avatar";
    avatar.setAttribute("aria-hidden", "true");
    showFace(avatar, one);
    const name = document.createElement("span");
    name.className = "suggestion-name";
    name.textContent = one.name;
    const note = document.createElement("span");
    note.className = "share-note";
    note.textContent = noteOf(one);
    option.append(avatar, name, note);
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps the focus
      this.take(one);
    });
    return option;
  }

  private choose(at: number): void {
    this.active = at;
    [...this.list.children].forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) option.scrollIntoView?.({ block: "nearest" });
    });
    if (at < 0) this.field.removeAttribute("aria-activedescendant");
    else this.field.setAttribute("aria-activedescendant", `${this.id}-${at}`);
  }

  private take(one: Suggestion): void {
    this.field.value = one.value;
    this.close();
  }
}

/** Their picture; without one, or if it can't be loaded, the first letters of the name. */
function showFace(avatar: HTMLElement, { name, picture }: Suggestion): void {
  avatar.textContent = initials(name);
  const src = pictureAddress(picture);
  if (!src) return;
  const image = document.createElement("img");
  image.alt = "";
  image.addEventListener("error", () => image.replaceWith(initials(name)));
  image.src = src;
  avatar.replaceChildren(image);
}

function noteOf(one: Suggestion): string {
  if (one.is_group) return t("Group of people");
  return one.is_program ? t("Program @{name}", { name: one.value }) : `@${one.value}`;
}
