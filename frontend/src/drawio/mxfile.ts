/**
 * The pages of a draw.io file and the cells on them, as they are written: `mxfile` with plain or
 * compressed diagrams, or one `mxGraphModel` alone. No document types are read, so there are no
 * entities but XML's own.
 */
import { parseXml, type XmlDocument, XmlElement } from "@rgrove/parse-xml";
import { bytesOf } from "../files/base64";
import { Refused } from "../files/refused";
import type { Point } from "../files/sketch";
import { t } from "../i18n";
import { inflate } from "./inflate";
import { parseStyle, pictureIn, type Style, withoutPicture } from "./style";

/** Of all diagrams together, unpacked, with the escapes that they have then. */
export const MAX_CHARACTERS = 20_000_000;
export const MAX_CELLS = 20_000;
const MAX_PAGES = 100;
/** Bytes that become a text at once: each is an argument. */
const STEP = 4_096;

export interface Cell {
  readonly id: string;
  readonly parent: string;
  readonly label: string;
  readonly link: string | null;
  readonly style: Style;
  /** Its picture, as data or as an address. */
  readonly picture: string | null;
  readonly isVertex: boolean;
  readonly isEdge: boolean;
  readonly isVisible: boolean;
  readonly source: string | null;
  readonly target: string | null;
  readonly box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  readonly isRelative: boolean;
  /** Of an edge: where it begins and ends without shapes, and the points between. */
  readonly from: Point | null;
  readonly to: Point | null;
  readonly between: readonly Point[];
  readonly offset: Point | null;
}

export interface DiagramPage {
  readonly name: string;
  /** In the order of the file, which is from back to front. */
  readonly cells: readonly Cell[];
}

/** Throws `Refused` for more than can be taken, and something else for what is no such file. */
export async function pagesOf(text: string): Promise<DiagramPage[]> {
  const budget = { characters: MAX_CHARACTERS, cells: MAX_CELLS };
  spend(budget, text.length);
  const root = rootOf(text);
  if (root.name === "mxGraphModel") return [{ name: "", cells: cellsOf(root, budget) }];
  if (root.name !== "mxfile") throw new Error("This is no file of draw.io.");
  const diagrams = elementsIn(root).filter(({ name }) => name === "diagram");
  if (diagrams.length > MAX_PAGES)
    throw new Refused(
      t("This drawing has more than {n} pages and was not added.", { n: MAX_PAGES }),
    );
  const pages: DiagramPage[] = [];
  for (const diagram of diagrams) {
    const plain = elementsIn(diagram).find(({ name }) => name === "mxGraphModel");
    const model = plain ?? rootOf(await unpacked(diagram.text.trim(), budget));
    pages.push({ name: diagram.attributes.name ?? "", cells: cellsOf(model, budget) });
  }
  return pages;
}

interface Budget {
  characters: number;
  cells: number;
}

function spend(budget: Budget, characters: number): void {
  budget.characters -= characters;
  if (budget.characters >= 0) return;
  const n = MAX_CHARACTERS / 1_000_000;
  throw new Refused(t("This drawing is larger than {n} MB unpacked and was not added.", { n }));
}

function rootOf(text: string): XmlElement {
  const { root }: XmlDocument = parseXml(text);
  if (!root) throw new Error("This XML has no root.");
  return root;
}

/** A compressed diagram: base64, deflate without a head, and escapes of URLs. */
async function unpacked(data: string, budget: Budget): Promise<string> {
  if (data === "") return "<mxGraphModel/>";
  const pieces: string[] = [];
  await inflate(bytesOf(data), (piece) => {
    spend(budget, piece.length);
    for (let at = 0; at < piece.length; at += STEP)
      pieces.push(String.fromCharCode(...piece.subarray(at, at + STEP)));
  });
  return decodeURIComponent(pieces.join(""));
}

/** Where there is no browser, nothing else decodes it. */

function elementsIn(element: XmlElement): XmlElement[] {
  return element.children.filter((one): one is XmlElement => one instanceof XmlElement);
}

function cellsOf(model: XmlElement, budget: Budget): Cell[] {
  const root = elementsIn(model).find(({ name }) => name === "root");
  const elements = root ? elementsIn(root) : [];
  budget.cells -= elements.length;
  if (budget.cells < 0)
    throw new Refused(
      t("This drawing has more than {n} elements and was not added.", { n: MAX_CELLS }),
    );
  return elements.flatMap((one) => cellOf(one) ?? []);
}

/** A cell, which may stand in an element that carries its label, link and other data. */
function cellOf(element: XmlElement): Cell | null {
  const inner =
    element.name === "mxCell" ? element : elementsIn(element).find(({ name }) => name === "mxCell");
  if (!inner) return null;
  const own: Readonly<Record<string, string>> = { ...inner.attributes, ...element.attributes };
  const geometry = elementsIn(inner).find(({ name }) => name === "mxGeometry");
  return {
    id: own.id ?? "",
    parent: own.parent ?? "",
    label: own.value ?? own.label ?? "",
    link: own.link ?? null,
    style: parseStyle(withoutPicture(own.style ?? "")),
    picture: pictureIn(own.style ?? ""),
    isVertex: own.vertex === "1",
    isEdge: own.edge === "1",
    isVisible: own.visible !== "0",
    source: own.source ?? null,
    target: own.target ?? null,
    ...placeOf(geometry),
  };
}

function placeOf(geometry: XmlElement | undefined) {
  const own: Readonly<Record<string, string>> = geometry?.attributes ?? {};
  const inside = geometry ? elementsIn(geometry) : [];
  const points = inside.filter(({ name }) => name === "mxPoint");
  const list = inside.find(({ name }) => name === "Array");
  const pointAs = (as: string) => {
    const found = points.find(({ attributes }) => attributes.as === as);
    return found ? pointOf(found) : null;
  };
  return {
    box: {
      x: numberIn(own.x),
      y: numberIn(own.y),
      width: numberIn(own.width),
      height: numberIn(own.height),
    },
    isRelative: own.relative === "1",
    from: pointAs("sourcePoint"),
    to: pointAs("targetPoint"),
    offset: pointAs("offset"),
    between: list ? elementsIn(list).map(pointOf) : [],
  };
}

function pointOf({ attributes }: XmlElement): Point {
  return { x: numberIn(attributes.x), y: numberIn(attributes.y) };
}

/** Bounded, so that sums of many stay numbers that a board can hold. */
function numberIn(text: string | undefined): number {
  const value = Number(text ?? 0);
  return Number.isFinite(value) ? Math.max(-1e6, Math.min(1e6, value)) : 0;
}
