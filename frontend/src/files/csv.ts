/** The lines of a CSV file as boxes, ten in a row: one box a line, one line of it a column. */
import type { FileElement } from "../canvas/file";
import { t } from "../i18n";
import { Refused } from "./refused";
import { heightOf, linesIn, shapeWithText } from "./sketch";

const MAX_LINES = 2_000;
const MAX_CHARACTERS = 2_000;
const IN_ROW = 10;
const WIDTH = 220;
const LEAST_HEIGHT = 120;
const GAP = 20;
const NOTE = { backgroundColor: "#ffec99", fillStyle: "solid", roundness: { type: 3 } };

/** Throws `Refused` for more lines than can be taken at once, or for none. */
export function notesOf(text: string): FileElement[] {
  const records = recordsOf(text.replace(/^\ufeff/, ""));
  if (records.length === 0) throw new Refused(t("This file has no lines to make notes of."));
  const boxes: FileElement[] = [];
  let y = 0;
  for (let at = 0; at < records.length; at += IN_ROW) {
    const row = records.slice(at, at + IN_ROW).map(wordsOf);
    const height = Math.max(LEAST_HEIGHT, ...row.map((words) => heightOf(linesIn(words, WIDTH))));
    for (const [column, words] of row.entries()) {
      const box = { x: column * (WIDTH + GAP), y, width: WIDTH, height };
      boxes.push(...shapeWithText("rectangle", box, words, NOTE));
    }
    y += height + GAP;
  }
  return boxes;
}

function wordsOf(fields: readonly string[]): string {
  const words = fields.map((field) => field.trim()).filter((field) => field !== "");
  return words.join("\n").slice(0, MAX_CHARACTERS);
}

/** The lines that say something, by RFC 4180; the separator is the first that the text uses. */
function recordsOf(text: string): string[][] {
  const separator = /^[^,;\t\n"]*([,;\t])/.exec(text)?.[1] ?? ",";
  const records: string[][] = [];
  let fields: string[] = [];
  let field = "";
  let isQuoted = false;
  const endRecord = () => {
    fields.push(field);
    if (fields.some((one) => one.trim() !== "")) records.push(fields);
    [fields, field] = [[], ""];
    if (records.length > MAX_LINES)
      throw new Refused(
        t("This file has more than {n} lines and was not added.", { n: MAX_LINES }),
      );
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && field === "") isQuoted = true;
    else if (char === separator) {
      fields.push(field);
      field = "";
    } else if (char === "\n") endRecord();
    else if (char !== "\r") field += char;
  }
  endRecord();
  return records;
}
