// @vitest-environment happy-dom
/** Which pages of a PDF are taken, how large they are, and where they stand. */
import { expect, test } from "vitest";
import {
  MAX_PAGES,
  MAX_PIXELS,
  MAX_SIDE,
  MAX_UNITS,
  pagesIn,
  scaleOfPicture,
  sizeOnBoard,
  textOfPages,
} from "../src/pdfPages/limits";
import { elementsOfPages } from "../src/pdfPages/pages";

test("pages are written as ranges, in any order, and counted once", () => {
  expect(pagesIn("8, 1-3;2–4 ,", 10)).toEqual([1, 2, 3, 4, 8]);
  expect(textOfPages([1, 2, 3, 4, 8, 10, 11])).toBe("1-4, 8, 10-11");
  for (const wrong of ["", " , ", "0", "11", "3-2", "1-11", "one", "1-", "-1", "1.5", "1 2"])
    expect(pagesIn(wrong, 10), wrong).toBeNull();
});

test("of more pages than can be taken at once, one more is enough to know", () => {
  const pages = pagesIn("1-999999999", 999_999_999);
  expect(pages).toHaveLength(MAX_PAGES + 1);
  expect(pagesIn(`1-${MAX_PAGES}`, 99)).toHaveLength(MAX_PAGES);
});

test("no page makes a picture or an element beyond the bounds", () => {
  const sizes = [0, 1e-9, 1, 595, 842, 14_400, 1e6, 1e9].flatMap((width) =>
    [0, 1, 842, 1e6].map((height) => ({ width, height })),
  );
  for (const size of sizes) {
    const scale = scaleOfPicture(size);
    const [width, height] = [size.width * scale, size.height * scale];
    expect(width * height).toBeLessThanOrEqual(MAX_PIXELS * 1.001);
    expect(Math.max(width, height)).toBeLessThanOrEqual(MAX_SIDE * 1.001);
    const shown = sizeOnBoard(size);
    for (const side of [shown.width, shown.height]) {
      expect(side).toBeGreaterThanOrEqual(1);
      expect(side).toBeLessThanOrEqual(MAX_UNITS * 1.001);
    }
  }
  expect(sizeOnBoard({ width: 595.5, height: 842.25 })).toEqual({ width: 794, height: 1123 });
});

test("pages stand in rows, each in a frame with its name, below what is drawn on it", () => {
  const page = (number: number, width: number, height: number) => ({
    number,
    size: { width, height },
    fileId: `file${number}`,
  });
  const pages = [page(1, 100, 200), page(2, 300, 50), page(7, 100, 100)];
  const elements = elementsOfPages(pages, "My plan.PDF", true);
  expect(elements.map(({ type }) => type)).toEqual(Array(3).fill(["image", "frame"]).flat());
  const frames = elements.filter(({ type }) => type === "frame");
  expect(frames.map(({ x, y, name }) => [x, y, name])).toEqual([
    [0, 0, "My plan p. 1"],
    [180, 0, "My plan p. 2"],
    [0, 280, "My plan p. 7"],
  ]);
  for (const [at, image] of elements.filter(({ type }) => type === "image").entries())
    expect(image).toMatchObject({
      frameId: frames[at]?.id,
      locked: true,
      width: frames[at]?.width,
    });
  expect(elementsOfPages(pages, "x", false).some(({ locked }) => locked)).toBe(false);
});
