/** The colours in the avatar menu and on the account page. */
import { chooseTheme, fromServer, keepHere, type ThemeChoice, themeChoice } from "../theme";

/** Shows the buttons, which need this script, and keeps this browser's choice in step. */
export function startThemeChoice(root: ParentNode): void {
  for (const choice of root.querySelectorAll<HTMLFieldSetElement>("[data-theme-choice]")) {
    choice.hidden = false;
    mark(choice);
    choice.addEventListener("click", (event) => {
      const button = (event.target as Element).closest("button");
      if (!button) return;
      chooseTheme(button.value as ThemeChoice);
      mark(choice);
    });
  }
  for (const form of root.querySelectorAll<HTMLFormElement>("[data-preferences-form]")) {
    form.addEventListener("submit", () => {
      keepHere(fromServer(String(new FormData(form).get("theme"))));
    });
  }
}

function mark(choice: HTMLFieldSetElement): void {
  const chosen = themeChoice();
  for (const button of choice.querySelectorAll("button")) {
    if (button.value === chosen) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}
