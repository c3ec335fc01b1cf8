/** Drawings of tldraw (`.tldr`) as elements. Pages stand beside each other. */
import type { FileElement } from "../canvas/file";
import type { Json } from "../canvas/groups";
import { withArrows } from "../files/bound";
import { Embedded, type Sketch } from "../files/embedded";
import { Refused } from "../files/refused";
import { t } from "../i18n";
import { arrowOf } from "./arrows";
import { Records, type TldrRecord } from "./records";
import { elementsOf, type Making, type Shape } from "./shapes";
import { lookOf, wordsOf } from "./style";

const VERSION = 1;
const MAX_SHAPES = 20_000;
const PAGE_GAP = 200;

/** The drawing in a file. Throws `Refused` with the reason. */
export function elementsOfTldr(file: { readonly [key: string]: unknown }): Sketch {
  const version = file.tldrawFileFormatVersion;
  if (typeof version !== "number" || version > VERSION)
    throw new Refused(
      t("This file was made by a newer tldraw (format {version}) and was not added.", {
        version: String(version),
      }),
    );
  const listed = Array.isArray(file.records) ? (file.records as (TldrRecord | null)[]) : [];
  const records = new Records(listed);
  if (records.shapes.length > MAX_SHAPES)
    throw new Refused(
      t("This drawing has more than {n} elements and was not added.", { n: MAX_SHAPES }),
    );
  const making: Making = {
    records,
    pictures: new Embedded(),
    made: new Map(),
    simplified: 0,
    notes: 0,
  };
  const elements: FileElement[] = [];
  let [left, right] = [0, Number.NaN];
  for (const page of records.pages()) {
    const parts = partsOf(page, making);
    left += parts.filter((some, at) => some.length === 0 && !isEmptyOf(page[at])).length;
    const drawn = withArrows(parts.flat());
    if (drawn.length === 0) continue;
    const shift = Number.isNaN(right) ? 0 : right + PAGE_GAP - leftOf(drawn);
    for (const one of drawn) elements.push({ ...one, x: Number(one.x) + shift });
    right = shift + rightOf(drawn);
  }
  const { files, unfetched } = making.pictures;
  return { elements, files, left, simplified: making.simplified, unfetched };
}

/** The elements of each shape. Arrows come last, for they may lie below what they lead to. */
function partsOf(page: readonly TldrRecord[], making: Making): FileElement[][] {
  const shapes = page.map((record) => shapeOf(record, making.records));
  const parts = shapes.map((shape) => {
    const [first, ...others] = shape.record.type === "arrow" ? [] : elementsOf(shape, making);
    if (first) making.made.set(shape.record.id, first);
    return first ? [first, ...others] : [];
  });
  for (const [at, { record, place, look }] of shapes.entries()) {
    if (record.type === "arrow")
      parts[at] = arrowOf(record, place, look, making.records, making.made);
  }
  return parts;
}

/** Whether nothing is missing where nothing was made: groups are in what they group. */
function isEmptyOf(record: TldrRecord | undefined): boolean {
  if (record?.type === "text") return wordsOf(record.props ?? {}).trim() === "";
  return record?.type === "group";
}

function shapeOf(record: TldrRecord, records: Records): Shape {
  const props = record.props ?? {};
  const parents = records.parentsOf(record);
  const groups = parents.filter(({ type }) => type === "group").map(({ id }) => String(id));
  const frame = parents.find(({ type }) => type === "frame");
  const look = {
    ...lookOf(props, [record, ...parents]),
    groupIds: groups as Json,
    ...(frame ? { frameId: String(frame.id) } : {}),
  };
  return { record, props, place: records.placeOf(record), look };
}

function leftOf(elements: readonly FileElement[]): number {
  return elements.reduce((least, { x }) => Math.min(least, Number(x)), Infinity);
}

function rightOf(elements: readonly FileElement[]): number {
  return elements.reduce(
    (most, one) => Math.max(most, Number(one.x) + Number(one.width)),
    -Infinity,
  );
}
