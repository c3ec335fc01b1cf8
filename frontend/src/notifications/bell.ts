/**
 * The bell: how much is unread, and behind it what concerns the person who is signed in. The same on
 * every page, and without React, which the other pages do not load.
 */
import { t, tn } from "../i18n";
import { timeAgo } from "../page/ago";
import { here } from "../prefix";
import { type Item, type News, NewsServer } from "./server";

const LOOK_MS = 60_000;
const MOST_SHOWN = 99;

export interface BellOptions {
  /** The CSRF token that is valid now. */
  readonly csrf: () => string;
  /** Opens an address without leaving the page; `false` if it can't. */
  readonly open?: (url: string) => boolean;
}

/** A bell in an element of the page. */
export class Bell {
  private readonly options: BellOptions;
  private readonly server: NewsServer;
  private readonly button = document.createElement("button");
  private readonly count = document.createElement("span");
  private readonly panel = document.createElement("div");
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(place: HTMLElement, options: BellOptions) {
    this.options = options;
    this.server = new NewsServer(options.csrf);
    this.button.type = "button";
    this.button.className = "icon-button bell-button";
    this.button.innerHTML = BELL;
    this.button.setAttribute("aria-haspopup", "dialog");
    this.count.className = "bell-count";
    this.button.append(this.count);
    this.button.addEventListener("click", () => (this.isOpen ? this.close() : void this.show()));
    this.panel.className = "bell-panel";
    this.panel.hidden = true;
    this.panel.tabIndex = -1;
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-label", t("Notifications"));
    this.panel.addEventListener("keydown", this.onKey);
    place.classList.add("bell");
    place.replaceChildren(this.button, this.panel);
    this.setUnread(0);
    document.addEventListener("pointerdown", this.onOutside, { capture: true });
    document.addEventListener("visibilitychange", this.look);
    this.timer = setInterval(this.look, LOOK_MS);
    void this.refresh();
  }

  /** Asks again; to be called when there may be something new. */
  readonly refresh = async (): Promise<void> => {
    try {
      if (this.isOpen) this.fill(await this.server.news());
      else this.setUnread(await this.server.unread());
    } catch {
      // Offline, or signed out: what is known stays.
    }
  };

  /** Removes it from the page. */
  destroy(): void {
    clearInterval(this.timer);
    document.removeEventListener("pointerdown", this.onOutside, { capture: true });
    document.removeEventListener("visibilitychange", this.look);
    this.button.remove();
    this.panel.remove();
  }

  private get isOpen(): boolean {
    return !this.panel.hidden;
  }

  private readonly look = (): void => {
    if (document.visibilityState === "visible") void this.refresh();
  };

  private readonly onOutside = ({ target }: Event): void => {
    if (!this.isOpen || !(target instanceof Node)) return;
    if (!this.panel.contains(target) && !this.button.contains(target)) this.close(false);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.close();
  };

  private async show(): Promise<void> {
    this.panel.hidden = false;
    this.panel.dataset.ownKeys = "";
    this.button.setAttribute("aria-expanded", "true");
    this.panel.replaceChildren(textOf("p", "bell-empty", t("Loading…")));
    this.panel.focus();
    try {
      this.fill(await this.server.news());
    } catch {
      const text = t("This can't be shown now. Try again in a moment.");
      this.panel.replaceChildren(textOf("p", "bell-empty", text));
    }
  }

  private close(returnsFocus = true): void {
    this.panel.hidden = true;
    delete this.panel.dataset.ownKeys;
    this.button.setAttribute("aria-expanded", "false");
    if (returnsFocus) this.button.focus();
  }

  private setUnread(unread: number): void {
    const news =
      unread > 0 ? tn(unread, "one unread notification", "{n} unread notifications") : "";
    const label = news || t("Notifications");
    this.button.setAttribute("aria-label", label);
    this.button.title = label;
    this.count.hidden = unread === 0;
    this.count.textContent = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
  }

  private fill(news: News): void {
    this.setUnread(news.unread);
    const head = document.createElement("header");
    head.append(textOf("h2", "", t("Notifications")));
    if (news.unread > 0) {
      head.append(buttonOf(t("Mark all as read"), "link-button", () => void this.readAll()));
    }
    const list = document.createElement("ul");
    list.append(...news.items.map((item) => this.rowOf(item)));
    const empty = t(
      "Nothing yet. When somebody mentions you, replies to you, asks for access or shares a board with you, you read it here.",
    );
    const all = document.createElement("a");
    all.href = here("/account/notifications");
    all.textContent = t("All notifications and mails");
    const body = news.items.length > 0 ? list : textOf("p", "bell-empty", empty);
    const foot = document.createElement("footer");
    foot.append(all);
    const hadFocus = this.panel.contains(document.activeElement);
    this.panel.replaceChildren(head, body, foot);
    if (hadFocus && !this.panel.contains(document.activeElement)) this.panel.focus();
  }

  private rowOf(item: Item): HTMLElement {
    const row = document.createElement("li");
    row.className = item.isRead ? "" : "is-unread";
    const link = document.createElement("a");
    link.href = item.url;
    link.append(textOf("b", "", item.text));
    if (item.excerpt) link.append(textOf("span", "bell-excerpt", item.excerpt));
    link.append(textOf("span", "bell-when", timeAgo(item.createdAt, Date.now())));
    link.addEventListener("click", (event) => this.follow(event, item));
    row.append(link);
    if (item.request) row.append(this.answersOf(item, item.request.level));
    return row;
  }

  private answersOf(item: Item, level: string): HTMLElement {
    const answers = document.createElement("div");
    answers.className = "bell-answers";
    const answer = async (given: string | null) => {
      for (const button of answers.querySelectorAll("button")) button.disabled = true;
      try {
        await this.server.answer(item, given);
      } catch {
        answers.replaceChildren(textOf("span", "", t("This could not be answered. Try again.")));
        return;
      }
      await this.refresh();
      this.panel.focus();
    };
    answers.append(
      buttonOf(t("Allow"), "button primary", () => void answer(level)),
      buttonOf(t("Decline"), "button", () => void answer(null)),
    );
    return answers;
  }

  private follow(event: MouseEvent, item: Item): void {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    // Not awaited: the request is sent even though the page goes.
    if (!item.isRead)
      void this.server.read([item.id]).then(
        (n) => this.setUnread(n),
        () => {},
      );
    if (!isPlain || !this.options.open?.(item.url)) return;
    event.preventDefault();
    this.close(false);
  }

  private async readAll(): Promise<void> {
    try {
      await this.server.read();
    } catch {
      return;
    }
    await this.refresh();
    this.panel.focus();
  }
}

function textOf(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function buttonOf(text: string, className: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.textContent = text;
  button.addEventListener("click", onClick);
  return button;
}

const BELL = `<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none"
  stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"
  aria-hidden="true"><path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4" /></svg>`;
