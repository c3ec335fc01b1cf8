/** Entry of every page but the board: the style, and small comforts that work without it too. */
import "./site.css";
import { startPasskeys } from "./account/passkeys";
import { startThemeChoice } from "./account/themeChoice";
import { startArrivals } from "./arrivals/start";
import { countFieldsInCharacters } from "./characters";
import { claimDevice, clearCopies, holderOfPage, watchDevice } from "./copies";
import { loadLanguage } from "./i18n";
import { startBoardList } from "./list/boardList";
import { startChoosing } from "./list/choose";
import { Bell } from "./notifications/bell";
import { watchSearchKey } from "./search/open";
import { enhanceCopyButtons, openShareDialog, submitOnChange } from "./sharing/share";
import { enhanceSuggestions } from "./sharing/suggest";
import { isSignOut, signOut } from "./signOut";
import { applyTheme, takeTheme } from "./theme";
import { tellUnsent } from "./unsent";

takeTheme();
applyTheme();
const holder = holderOfPage();
if (holder) {
  void claimDevice(holder);
  watchDevice(holder, () => window.location.reload());
}
void loadLanguage().then(() => {
  startBell();
  startBoardList();
  startChoosing();
  if (!holder) return;
  tellUnsent(holder);
  watchSearchKey({ isSignedIn: true });
});
const gone = document.querySelector<HTMLElement>("[data-gone-person]")?.dataset.gonePerson;
if (gone) void clearCopies(gone);
document.documentElement.classList.add("has-script");
enhanceCopyButtons(document);
enhanceSuggestions(document);
submitOnChange(document);
countFieldsInCharacters(document);
startPasskeys(document);
startThemeChoice(document);
startArrivals(csrfOfPage);

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
  else if (isSignOut(form)) {
    event.preventDefault();
    void signOut(form);
  }
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const link = target.closest<HTMLAnchorElement>("a[data-share]");
  const isPlainClick = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (link && isPlainClick) {
    event.preventDefault();
    closeMenus(null);
    openShareDialog(link.href);
    return;
  }
  closeMenus(target.closest("details.menu"));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
});

function startBell(): void {
  const place = document.querySelector<HTMLElement>("[data-bell]");
  if (place) new Bell(place, { csrf: csrfOfPage });
}

/** The token that every form of the page holds. */
function csrfOfPage(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** Menus are plain `details`; one open at a time, and a click elsewhere closes it. */
function closeMenus(except: Element | null): void {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.removeAttribute("open");
  }
}
