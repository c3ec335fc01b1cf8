/** The lines of a CSV file as notes, ten in a row: one note a line, one line of it a column. */
import type { FileElement } from "../canvas/file";
import { t } from "../i18n";
import { gridOf } from "../notes/grid";
import { COLOURS } from "../notes/note";
import { Refused } from "./refused";

const MAX_LINES = 2_000;
const MAX_CHARACTERS = 2_000;
const IN_ROW = 10;

/** Throws `Refused` for more lines than can be taken at once, or for none. */
export function notesOf(text: string): FileElement[] {
  const records = recordsOf(text.replace(/^\ufeff/, ""));
  if (records.length === 0) throw new Refused(t("This file has no lines to make notes of."));
  return gridOf(records.map(wordsOf), COLOURS.yellow, IN_ROW);
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
