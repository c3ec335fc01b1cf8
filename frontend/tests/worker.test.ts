import { describe, expect, test } from "vitest";
import {
  holdsBoard,
  inNewestPage,
  isBoardPage,
  isFile,
  isFromServer,
  languageOf,
  offlinePage,
  pageKey,
  planFor,
  withoutToken,
} from "../src/worker/pages";

const HOST = "https://board.example";
const BOARD = `${HOST}/board/0b6c1c7e-3a52-4a0e-9b61-2f6f5f1f9f10`;

const plan = (url: string, mode = "navigate", method = "GET") =>
  planFor({ url, mode, method }, HOST);

describe("the service worker", () => {
  test.each([BOARD, `${BOARD}/`, `${BOARD}/public`, `${BOARD}/public?edit=true`, `${HOST}/`])(
    "answers for %s without network",
    (url) => expect(plan(url)).toBe("page"),
  );

  test.each([
    `${BOARD}?token=abc.def.ghi`,
    `${BOARD}/share`,
    `${HOST}/login?next=/`,
    `${HOST}/admin/`,
    `${HOST}/api/v1/boards`,
    `${HOST}/static/board/manifest.json`,
    `${HOST}/static/admin/css/base.css`,
    "https://elsewhere.example/board/0b6c1c7e-3a52-4a0e-9b61-2f6f5f1f9f10",
  ])("has nothing to do with %s", (url) => expect(plan(url)).toBe("pass"));

  test("keeps no request of a script, and nothing that writes", () => {
    expect(plan(BOARD, "cors")).toBe("pass");
    expect(plan(BOARD, "navigate", "POST")).toBe("pass");
    expect(plan(`${HOST}/api/v1/boards/x/files/y`, "cors")).toBe("pass");
  });

  test("keeps built files, whose names say what is in them", () => {
    expect(plan(`${HOST}/static/board/assets/main-abcdefgh.js`, "no-cors")).toBe("asset");
    expect(plan(`${HOST}/static/board/excalidraw/fonts/Virgil/Virgil.woff2`, "cors")).toBe("asset");
    expect(plan(`${HOST}/static/board/pdf-6.5.438/cmaps/H.bcmap`, "cors")).toBe("asset");
  });

  test("keeps what is below its own path, and nothing of other sites of the host", () => {
    const below = (path: string, mode = "navigate") =>
      planFor({ url: `${HOST}${path}`, mode, method: "GET" }, HOST, "/canvas");
    const board = new URL(BOARD).pathname;
    expect(below(`/canvas${board}`)).toBe("page");
    expect(below("/canvas/")).toBe("page");
    expect(below("/canvas/static/board/assets/main-abcdefgh.js", "no-cors")).toBe("asset");
    for (const path of ["/", "/canvas", board, `/canvasses${board}`, "/canvas/login"]) {
      expect(below(path)).toBe("pass");
    }
    expect(below("/static/board/assets/main-abcdefgh.js", "no-cors")).toBe("pass");
    expect(isBoardPage(`${HOST}/canvas${board}`, "/canvas")).toBe(true);
    expect(isBoardPage(BOARD, "/canvas")).toBe(false);
  });

  test("names a page by what makes it another page", () => {
    expect(pageKey(`${BOARD}/?element=x#y`)).toBe(BOARD);
    expect(pageKey(`${BOARD}/public?edit=true&utm=1`)).toBe(`${BOARD}/public?edit=true`);
    expect(isBoardPage(`${HOST}/`)).toBe(false);
  });
});

function pageOf(title: string, entry: string): string {
  const config = JSON.stringify({ title, csrfToken: "secret" });
  return `<head><title>${title} · Canvas</title><script src="${entry}"></script></head>
<script id="board-config" type="application/json">${config}</script>`;
}

describe("a kept page", () => {
  test("holds no token", () => {
    const kept = withoutToken(pageOf("Plan", "a.js"));
    expect(kept).not.toContain("secret");
    expect(kept).toContain('"csrfToken":""');
    expect(withoutToken('{"csrfToken": "abc", "b": 1}')).toBe('{"csrfToken": "", "b": 1}');
  });

  test("names the newest files, and keeps its own board", () => {
    const page = inNewestPage(pageOf("New", "new.js"), pageOf("It's $& $1", "old.js"));
    expect(page).toBe(pageOf("It's $& $1", "new.js"));
  });

  test("is shown as it is when it can not be put together", () => {
    expect(inNewestPage("<html></html>", pageOf("Old", "old.js"))).toBe(pageOf("Old", "old.js"));
  });

  test("is named where the network would be needed; other pages are not", () => {
    const page = offlinePage([
      { url: `${BOARD}"<`, html: pageOf("A &amp; B", "a.js") },
      { url: `${HOST}/x`, html: "junk" },
    ]);
    expect(page).toContain(`<li><a href="${BOARD}&quot;&lt;">A &amp; B</a></li>`);
    expect(page).not.toContain("/x");
  });

  test("speaks the language of the newest page, also about a board that was kept in another", () => {
    const german = `<!doctype html>\n<html lang="de">${pageOf("Neu", "new.js")}`;
    const english = `<!doctype html>\n<html lang="en">${pageOf("Old", "old.js")}`;
    expect(inNewestPage(german, english)).toContain('<html lang="de">');
    expect(languageOf(german)).toBe("de");
    expect(offlinePage([], languageOf(german))).toContain("Du bist offline");
    expect(offlinePage([], languageOf(""))).toContain("You are offline");
  });
});

describe("a network that answers everything itself", () => {
  const answer = (headers: Record<string, string>) => new Response("<h1>Wi-Fi</h1>", { headers });
  const portal = answer({ "Content-Type": "text/html" });

  test("is not taken for the server", () => {
    expect(isFromServer(portal)).toBe(false);
    expect(isFromServer(answer({ "Content-Security-Policy": "default-src 'self'" }))).toBe(true);
    expect(holdsBoard("<h1>Wi-Fi</h1>")).toBe(false);
  });

  test("gives no built files", () => {
    expect(isFile(portal)).toBe(false);
    expect(isFile(answer({ "Content-Type": "text/javascript" }))).toBe(true);
  });
});
