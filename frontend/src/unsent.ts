/** On the list of boards: that work on this device is not sent yet, and where. */
import { type Holder, isLibrary, unsentCopies } from "./copies";
import { t } from "./i18n";
import { here } from "./prefix";

/** Puts a note above the list; does nothing on other pages. */
export function tellUnsent({ person }: Holder): void {
  const list = document.querySelector("[data-board-list]");
  const copies = unsentCopies(person);
  if (!list || copies.length === 0) return;
  const note = document.createElement("ul");
  note.className = "messages";
  for (const copy of copies) {
    const { key, title } = copy;
    const item = document.createElement("li");
    item.className = "warning";
    note.append(item);
    if (isLibrary(copy)) {
      item.textContent = t(
        "Your library has changes that are only on this device. Open a board to send them.",
      );
      continue;
    }
    const link = document.createElement("a");
    const [, board = "", , entry] = key.split(":");
    link.href = here(`/board/${encodeURIComponent(board)}${entry === "public" ? "/public" : ""}`);
    link.textContent = t(
      "“{board}” has changes that are only on this device. Open it to send them.",
      {
        board: title || t("Board"),
      },
    );
    item.append(link);
  }
  // Not the list itself: it would be a list no more.
  const spoken = document.createElement("div");
  spoken.role = "status";
  spoken.append(note);
  list.before(spoken);
}
