/** Choosing another language for all pages. */
import type { BoardConfig } from "./config";

/** Tells the server, and reloads the page in that language. Rejects without network. */
export async function chooseLanguage(config: BoardConfig, code: string): Promise<void> {
  const body = new URLSearchParams({ language: code, next: location.pathname });
  const response = await fetch(config.languageUrl, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": csrfToken(config) },
    credentials: "same-origin",
    // The answer redirects back here; the reload fetches the page.
    redirect: "manual",
  });
  if (response.type !== "opaqueredirect") throw new Error("The language was not changed.");
  location.reload();
}

/** The token of the cookie, which is newer than the page's after signing in elsewhere. */
export function csrfToken(config: BoardConfig): string {
  const name = `${config.csrfCookie}=`;
  const cookie = document.cookie.split(/;\s*/).find((one) => one.startsWith(name));
  return cookie?.slice(name.length) || config.csrfToken;
}
