// @vitest-environment happy-dom
/** The share dialog, with the forms that the server renders. */
import { fireEvent, screen } from "@testing-library/dom";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openShareDialog } from "../src/sharing/share";
import { BoardServer } from "./support/boardServer";

let server: BoardServer;

beforeEach(() => {
  document.body.replaceChildren();
  server = new BoardServer();
  server.install();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });
const click = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));
const requests = () => server.requests.map(({ method, path }) => `${method} ${path}`);

describe("sharing", () => {
  const panel = (inside: string) =>
    `<html><body><div data-share-panel>${inside}</div></body></html>`;
  const FORM = `<form action="/share/add"><input name="who" aria-label="Username">
    <button type="submit">Add</button></form><button data-copy="https://x/">Copy</button>`;

  beforeEach(() => {
    server.on("GET /share", { html: panel(FORM) });
  });

  test("shows the server's forms, and what comes back of one, with the focus where it was", async () => {
    openShareDialog("/share");
    const field = await screen.findByLabelText("Username");
    expect(document.activeElement).toBe(field);
    (field as HTMLInputElement).value = "bob";
    server.on("POST /share/add", { html: panel(`<p>Bob can edit.</p>${FORM}`) });
    click("Add");
    expect(await screen.findByText("Bob can edit.")).toBeTruthy();
    const body = server.requests.at(-1)?.body as FormData;
    expect(body.get("who")).toBe("bob");
    expect(document.activeElement).toBe(screen.getByLabelText("Username"));
  });

  test("shows what the server says about the input, though it refuses", async () => {
    openShareDialog("/share");
    await screen.findByLabelText("Username");
    server.on("POST /share/add", { status: 400, html: panel("<p>Nobody of this name.</p>") });
    click("Add");
    expect(await screen.findByText("Nobody of this name.")).toBeTruthy();
  });

  test("tells when nobody answers, and keeps the forms", async () => {
    openShareDialog("/share");
    await screen.findByLabelText("Username");
    server.isReachable = false;
    click("Add");
    expect((await screen.findByRole("alert")).textContent).toMatch(/did not work/);
    expect(screen.getByLabelText("Username")).toBeTruthy();
  });

  test("asks before a form that says so is sent", async () => {
    server.on("GET /share", {
      html: panel(
        `<form action="/share/close" data-confirm="Sure?"><button>Close link</button></form>`,
      ),
    });
    openShareDialog("/share");
    await screen.findByText("Close link");
    const confirm = vi.fn(() => false);
    vi.stubGlobal("confirm", confirm);
    window.confirm = confirm;
    click("Close link");
    expect(confirm).toHaveBeenCalledWith("Sure?");
    expect(requests()).toEqual(["GET /share"]);
  });

  test("copies a link, and says so on the button", async () => {
    const writeText = vi.fn(async () => {});
    vi.spyOn(navigator.clipboard, "writeText").mockImplementation(writeText);
    openShareDialog("/share");
    await screen.findByText("Copy");
    click("Copy");
    expect(await screen.findByText("Copied")).toBeTruthy();
    expect(writeText).toHaveBeenCalledWith("https://x/");
  });

  test("is gone with its dialog", async () => {
    openShareDialog("/share");
    await screen.findByLabelText("Username");
    click("Close");
    await until(() => expect(document.querySelector("dialog")).toBeNull());
  });
});
