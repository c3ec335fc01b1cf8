/** Parts of the page that are loaded when they are first wanted: the first load stays small. */
import { type ComponentType, lazy } from "react";
import { t } from "../i18n";

/** Like React's `lazy`; a part that cannot be loaded says so instead of breaking the page. */
export function lazyPart<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
) {
  return lazy(() => load().catch(() => ({ default: Missing as ComponentType<Props> })));
}

function Missing() {
  return (
    <p className="part-missing" role="alert">
      {t("A part of this page could not be loaded. Check your connection and reload the page.")}
    </p>
  );
}
