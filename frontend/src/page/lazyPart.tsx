/** Parts of the page that are loaded beside it, or when they are first wanted: the first load stays small. */
import { type ComponentType, lazy } from "react";
import { t } from "../i18n";

interface Loaded<Props extends object> {
  readonly default: ComponentType<Props>;
}

/** Like React's `lazy`; a part that cannot be loaded says so instead of breaking the page. */
export function lazyPart<Props extends object>(load: () => Promise<Loaded<Props>>) {
  return lazy(() => orMissing(load()));
}

/**
 * A part of every page. It is asked for at once, and not only when the board shows: the network may
 * be gone by then.
 */
export function earlyPart<Props extends object>(load: () => Promise<Loaded<Props>>) {
  const loading = orMissing(load());
  return lazy(() => loading);
}

function orMissing<Props extends object>(loading: Promise<Loaded<Props>>): Promise<Loaded<Props>> {
  return loading.catch(() => ({ default: Missing as ComponentType<Props> }));
}

function Missing() {
  return (
    <p className="part-missing" role="alert">
      {t("A part of this page could not be loaded. Check your connection and reload the page.")}
    </p>
  );
}
