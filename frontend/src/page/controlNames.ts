/** Names for controls of the editor that have none, for people who do not see them. */
import { t } from "../i18n";

const NAMES: readonly (readonly [string, () => string])[] = [
  [".main-menu-trigger", () => t("Menu")],
  [".color-picker-container[role=dialog]", () => t("Colours")],
];

/** Gives them their names now, and again whenever the editor puts new ones there. */
export function nameControls(container: HTMLElement): void {
  const name = () => {
    for (const [selector, label] of NAMES) {
      for (const control of container.querySelectorAll(selector)) {
        if (!control.hasAttribute("aria-label")) control.setAttribute("aria-label", label());
      }
    }
  };
  name();
  new MutationObserver(name).observe(container, { childList: true, subtree: true });
}
