/**
 * Words on the page. The English text is the key; other languages are catalogues that are loaded
 * before anything is shown. The page's `lang` says which one, as the server decided it.
 */

type Catalogue = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, string | number>>;

const CATALOGUES: Readonly<Record<string, () => Promise<{ readonly default: Catalogue }>>> = {
  de: () => import("./i18n/de.json"),
};

let current = "en";
let catalogue: Catalogue = {};

/** The language of the words: `en` until another one is loaded. */
export function language(): string {
  return current;
}

/**
 * Loads the words of the page's language; to be awaited before the first word is shown. Never
 * rejects: if they cannot be loaded, the words are shown in English.
 */
export async function loadLanguage(wanted = document.documentElement.lang): Promise<void> {
  const code = wanted.split("-")[0] ?? "";
  try {
    catalogue = (await CATALOGUES[code]?.())?.default ?? {};
    current = code in CATALOGUES ? code : "en";
  } catch {
    // English is better than no board.
  }
}

/**
 * `text` in the language of the page, with `{name}` replaced by `values.name`. `text` has to be a
 * plain string literal, because a test collects the keys from the sources.
 */
export function t(text: string, values?: Values): string {
  return filled(catalogue[text] ?? text, values);
}

/** The same for a number of things: `tn(n, "one change", "{n} changes")`. */
export function tn(n: number, one: string, other: string, values?: Values): string {
  const text = n === 1 ? one : other;
  return filled(catalogue[text] ?? text, { n, ...values });
}

function filled(text: string, values: Values | undefined): string {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
