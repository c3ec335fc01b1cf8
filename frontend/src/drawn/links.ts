/** Links of elements: which of them stand in a picture, and where. */
import { getCommonBounds } from "@excalidraw/excalidraw";
import type { ExcalidrawElement } from "@excalidraw/excalidraw/element/types";
import type { SvgNode } from "./dom";
import { nodesOf } from "./svg";

export interface Link {
  readonly href: string;
  /** On the page, in the units of the picture. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
}

/** An address that a picture may have; others would mean something else in a file, or run. */
const LINK = /^(?:https?:\/\/|mailto:|tel:)[^\s<>"']+$/i;
const MAX_LENGTH = 2_000;
/** Stands for the address of an element while it is drawn, so that its place can be found. */
const MARK = "https://element.invalid/";
const PLACE = /^translate\((\S+) (\S+)\)/;

/** Elements with a mark in place of their link; those whose link may not stand there have none. */
export function marked(elements: readonly ExcalidrawElement[]): ExcalidrawElement[] {
  return elements.map((element, at) => {
    if (element.link === null) return element;
    if (!isAllowed(element)) return { ...element, link: null };
    // A web page shows its link.
    return element.type === "embeddable" ? element : { ...element, link: `${MARK}${at}` };
  });
}

function isAllowed({ link }: ExcalidrawElement): boolean {
  return link !== null && link.length <= MAX_LENGTH && LINK.test(link.trim());
}

/** Puts the links where their marks are. `elements` are those that were given to `marked`. */
export function resolveLinks(root: SvgNode, elements: readonly ExcalidrawElement[]): Link[] {
  const links: Link[] = [];
  // They are drawn last, each with a second link in it.
  const webPages = elements.filter((one) => one.type === "embeddable" && isAllowed(one));
  for (const anchor of nodesOf(root, "a")) {
    const mark = anchor.getAttribute("href") ?? "";
    if (anchor.getAttribute("target") !== null) {
      anchor.attributes.delete("href");
      continue;
    }
    const element = mark.startsWith(MARK)
      ? elements[Number(mark.slice(MARK.length))]
      : webPages.shift();
    const href = element?.link?.trim();
    if (!element || !href) {
      anchor.attributes.delete("href");
      continue;
    }
    anchor.setAttribute("href", href);
    const place = placeIn(anchor);
    if (place) links.push({ href, box: boxOf(element, place) });
  }
  return links;
}

/** Where the first thing in it is drawn. */
function placeIn(node: SvgNode): [number, number] | null {
  for (const name of ["g", "path"]) {
    for (const one of nodesOf(node, name)) {
      const place = placeOf(one);
      if (place) return place;
    }
  }
  return null;
}

function placeOf(node: SvgNode): [number, number] | null {
  const [, x, y] = PLACE.exec(node.getAttribute("transform") ?? "") ?? [];
  return x === undefined ? null : [Number(x), Number(y)];
}

function boxOf(element: ExcalidrawElement, [x, y]: [number, number]): Link["box"] {
  const [left, top, right, bottom] = getCommonBounds([element]);
  const crop = element.type === "image" ? element.crop : null;
  const cut = crop
    ? [(crop.x * element.width) / crop.width, (crop.y * element.height) / crop.height]
    : [0, 0];
  const [cutX = 0, cutY = 0] = cut;
  return [x + cutX + left - element.x, y + cutY + top - element.y, right - left, bottom - top];
}
