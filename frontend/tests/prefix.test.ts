// @vitest-environment happy-dom
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  delete document.documentElement.dataset.prefix;
  vi.resetModules();
});

async function prefixed(prefix: string | null) {
  vi.resetModules();
  if (prefix !== null) document.documentElement.dataset.prefix = prefix;
  return await import("../src/prefix");
}

test("addresses and kept names follow the path of the site", async () => {
  const root = await prefixed(null);
  expect([root.here("/sw.js"), root.ownName("canvas-pages")]).toEqual(["/sw.js", "canvas-pages"]);
  const below = await prefixed("/canvas");
  expect([below.here("/sw.js"), below.ownName("canvas-pages")]).toEqual([
    "/canvas/sw.js",
    "canvas-pages/canvas",
  ]);
});

test("no address of the site is written without its path", () => {
  const address = /(?<!here\()(["'`])\/(api|ws|board|boards|static|login|logout|admin|sw\.js)\b/;
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.tsx?$/.test(name),
  );
  expect(sources.length).toBeGreaterThan(50);
  const found = sources.flatMap((name) =>
    readFileSync(`src/${name}`, "utf8")
      .split("\n")
      .filter((line) => address.test(line) && !/^\s*(\/\/|\/?\*)/.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
