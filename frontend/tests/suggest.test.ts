// @vitest-environment happy-dom
/** Names offered while one types whom to share with. */
import { fireEvent, screen } from "@testing-library/dom";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { enhanceSuggestions } from "../src/sharing/suggest";
import { BoardServer } from "./support/boardServer";

let server: BoardServer;
const FOUND = [
  { is_group: true, value: "Kites", name: "Kites", is_program: false, picture: "" },
  { is_group: false, value: "kim", name: "Kim Ott", is_program: false, picture: "" },
];

beforeEach(() => {
  document.body.innerHTML = `<main><div class="field"><input aria-label="Who" data-suggest="/names"></div>
    <div class="field"><input aria-label="Owner" data-suggest="/names" data-suggest-people></div></main>`;
  server = new BoardServer();
  server.install();
  server.on("GET /names", { json: FOUND });
  enhanceSuggestions(document.querySelector("main") ?? document);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const options = () => screen.queryAllByRole("option").map((one) => one.textContent);
const type = (label: string, text: string): HTMLInputElement => {
  const field = screen.getByLabelText<HTMLInputElement>(label);
  fireEvent.focusIn(field);
  fireEvent.input(field, { target: { value: text } });
  return field;
};
const offered = (count: number) => vi.waitFor(() => expect(options()).toHaveLength(count));

test("offers people and groups; the keyboard chooses, and only then Enter is taken", async () => {
  const field = type("Who", "ki");
  await offered(2);
  expect(options()[1]).toContain("Kim Ott@kim");
  expect(fireEvent.keyDown(field, { key: "Enter" })).toBe(true);
  fireEvent.keyDown(field, { key: "ArrowUp" });
  expect(document.getElementById(field.getAttribute("aria-activedescendant") ?? "")).toBe(
    screen.getAllByRole("option")[1],
  );
  expect(fireEvent.keyDown(field, { key: "Enter" })).toBe(false);
  expect(field.value).toBe("kim");
  expect(field.getAttribute("aria-expanded")).toBe("false");
});

test("says of a service account that it is a program", async () => {
  const bot = { is_group: false, value: "ci-bot", name: "CI bot", is_program: true, picture: "" };
  server.on("GET /names", { json: [bot] });
  type("Who", "ci");
  await offered(1);
  expect(options()[0]).toContain("CI botProgram @ci-bot");
});

test("shows pictures, and initials where one can't be loaded", async () => {
  document.documentElement.dataset.preferences = "/account/preferences";
  const [kites, kim] = FOUND;
  server.on("GET /names", { json: [kites, { ...kim, picture: "/account/picture/kim" }] });
  type("Who", "ki");
  await offered(2);
  const avatars = () => document.querySelectorAll(".suggestions .avatar");
  const image = avatars()[1]?.querySelector("img");
  expect(image?.getAttribute("src")).toBe("/account/picture/kim");
  expect(avatars()[0]?.textContent).toBe("K");
  image?.dispatchEvent(new Event("error"));
  expect(avatars()[1]?.innerHTML).toBe("KO");
  delete document.documentElement.dataset.preferences;
});

test("Escape closes the list and not the dialog", async () => {
  const field = type("Who", "ki");
  await offered(2);
  expect(fireEvent.keyDown(field, { key: "Escape" })).toBe(false);
  expect(options()).toEqual([]);
  expect(fireEvent.keyDown(field, { key: "Escape" })).toBe(true);
});

test("a board is given only to people", async () => {
  type("Owner", "ki");
  await offered(1);
  expect(options()[0]).toContain("Kim Ott");
});

test("asks for nothing shorter than two characters", async () => {
  type("Who", "k");
  await new Promise((done) => setTimeout(done, 200));
  expect(server.requests).toEqual([]);
});
