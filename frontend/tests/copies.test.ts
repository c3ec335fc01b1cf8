import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test, vi } from "vitest";
import * as copies from "../src/copies";
import * as pages from "../src/worker/pages";

const DAY = 24 * 60 * 60 * 1000;
const NOW = 1_800_000_000_000;
const key = (person: string) => `canvas:0b6c1c7e:${person}:board`;
const holder = (person: string) => ({ person, until: NOW + DAY, days: 30 });

class Items {
  [name: string]: unknown;
}

function storage(): Storage {
  const items = new Items();
  const put = (name: string, value: unknown) =>
    Object.defineProperty(items, name, { value, enumerable: false });
  put("getItem", (name: string) => items[name] ?? null);
  put("setItem", (name: string, value: string) => {
    items[name] = value;
  });
  put("removeItem", (name: string) => delete items[name]);
  return items as unknown as Storage;
}

beforeEach(() => {
  vi.stubGlobal("localStorage", storage());
  vi.stubGlobal("indexedDB", new IDBFactory());
});

function register(...kept: copies.KeptCopy[]): void {
  localStorage.setItem("canvas-copies", JSON.stringify(kept));
}

describe("copies on a device that several people use", () => {
  test("go when somebody else signs in, with what was noted beside them", async () => {
    register({ key: key("7"), title: "Merger", unsaved: 0, at: NOW });
    localStorage.setItem(`${key("7")}:draft:new`, "words");
    await copies.claimDevice(holder("8"), NOW);
    expect(copies.keptCopies()).toEqual([]);
    expect(Object.keys(localStorage)).toEqual(["canvas-copies", "canvas-person"]);
  });

  test("stay without a title while work in them is not sent, and are no business of others", async () => {
    register({ key: key("7"), title: "Merger", unsaved: 2, at: NOW });
    localStorage.setItem(`${key("7")}:outbox:1`, "words");
    await copies.claimDevice(holder("8"), NOW);
    expect(JSON.stringify(localStorage)).not.toContain("Merger");
    expect(copies.unsavedWork("8")).toBe("");
    await copies.clearCopies("8");
    await copies.claimDevice(holder("7"), NOW);
    expect(copies.unsentCopies("7").map(({ unsaved }) => unsaved)).toEqual([2]);
    expect(localStorage.getItem(`${key("7")}:outbox:1`)).toBe("words");
  });

  test("are gone from open pages too", async () => {
    const page = new EventTarget();
    vi.stubGlobal("window", page);
    const seen: string[] = [];
    copies.watchDevice(holder("7"), () => seen.push("7"));
    copies.watchDevice(holder(""), () => seen.push("guest"));
    const storage = () =>
      page.dispatchEvent(Object.assign(new Event("storage"), { key: "canvas-person" }));
    const comeBack = () =>
      page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    for (const [person, count] of [
      ["7", 0],
      ["", 0],
      ["8", 2],
    ] as const) {
      await copies.claimDevice(holder(person), NOW);
      storage();
      comeBack();
      expect(seen).toEqual(Array.from({ length: count }, () => "7"));
    }
  });

  test("stay while nobody is signed in", async () => {
    const kept = [{ key: key("7"), title: "Merger", unsaved: 0, at: NOW }];
    register(...kept);
    await copies.claimDevice(holder(""), NOW);
    expect(copies.keptCopies()).toEqual(kept);
  });

  test("end after so many days, unless work in them is not sent", async () => {
    const old = NOW - 31 * DAY;
    register(
      { key: key("7"), title: "Old", unsaved: 0, at: old },
      { key: `${key("7")}2`, title: "Unsent", unsaved: 1, at: old },
      { key: `${key("7")}3`, title: "New", unsaved: 0, at: NOW - DAY },
      { key: `${key("7")}4`, title: "From before", unsaved: 0 },
    );
    await copies.claimDevice(holder("7"), NOW);
    expect(copies.keptCopies().map(({ title }) => title)).toEqual(["Unsent", "New", "From before"]);
  });
});

describe("a kept page", () => {
  const page = (person: string) =>
    `<!doctype html><html lang="en" data-person="${person}" data-keep-until="1800000000">`;

  test("says whom it was made for", () => {
    expect(pages.holderOf(page("7"))).toEqual({ person: "7", until: NOW });
    expect(pages.holderOf("<html lang='en'>")).toBeNull();
  });

  test("is shown to that person, and until their session ends", () => {
    const alice = { person: "7", until: NOW };
    expect(pages.mayShow(page("7"), alice, NOW - 1)).toBe(true);
    expect(pages.mayShow(page("7"), alice, NOW)).toBe(false);
    for (const other of [null, { ...alice, person: "8" }, { ...alice, person: "" }]) {
      expect(pages.mayShow(page("7"), other, NOW - 1)).toBe(false);
    }
    expect(pages.mayShow("<html>", alice, NOW - 1)).toBe(false);
  });

  test("is forgotten when somebody else signs in", () => {
    expect(pages.mustForget(page("7"), { person: "8", until: NOW })).toBe(true);
    expect(pages.mustForget("<html>", { person: "8", until: NOW })).toBe(true);
    expect(pages.mustForget(page("7"), { person: "7", until: NOW })).toBe(false);
    expect(pages.mustForget(page("7"), { person: "", until: NOW })).toBe(false);
  });

  test("is looked for under the same names by the worker and by pages", () => {
    expect(copies.PAGE_CACHE).toBe(pages.PAGE_CACHE);
    expect(copies.HOLDER_CACHE).toBe(pages.HOLDER_CACHE);
    expect(copies.HOLDER_ADDRESS).toBe(pages.HOLDER_ADDRESS);
  });
});
