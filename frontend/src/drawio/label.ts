/** Labels of draw.io, which may be HTML, as plain text with lines. Nothing of it is ever markup here. */

const MAX_CHARACTERS = 20_000;
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " },
    ...{ ndash: "–", mdash: "—", hellip: "…", bull: "•", middot: "·", times: "×", euro: "€" },
    ...{ auml: "ä", ouml: "ö", uuml: "ü", Auml: "Ä", Ouml: "Ö", Uuml: "Ü", szlig: "ß" },
  }),
);
/** What stands on lines of its own. */
const BLOCKS = new Set([
  ...["div", "p", "ul", "ol", "table", "tr", "pre", "blockquote", "hr"],
  ...["h1", "h2", "h3", "h4", "h5", "h6"],
]);
const UNSEEN = new Set(["style", "script"]);
/** Stands for the edge of a block until the words are decoded; edges side by side are one. */
const EDGE = "\ue000";

/** The words of a label; `isHtml` says how to read it. */
export function plainLabel(label: string, isHtml: boolean): string {
  const text = label.slice(0, MAX_CHARACTERS);
  return isHtml ? plainText(text) : text.trim();
}

function plainText(html: string): string {
  return decoded(withoutTags(html.replaceAll(EDGE, "").replace(/\s+/g, " ")))
    .replace(/[ \ue000]*\ue000[ \ue000]*/g, "\n")
    .replace(/ ?\n ?/g, "\n")
    .trim();
}

/** In one pass, whatever is open: a label may be made to take long. */
function withoutTags(html: string): string {
  const lower = html.toLowerCase();
  let words = "";
  let at = 0;
  for (;;) {
    const open = html.indexOf("<", at);
    if (open < 0) return words + html.slice(at);
    words += html.slice(at, open);
    const [, slash = "", name] =
      /^(\/?)([a-z][a-z0-9]*|!)/.exec(lower.slice(open + 1, open + 20)) ?? [];
    if (name === undefined) {
      words += "<";
      at = open + 1;
      continue;
    }
    const close = html.indexOf(">", open);
    if (close < 0) return words + html.slice(open);
    words += wordFor(name, slash === "");
    const end = UNSEEN.has(name) && slash === "" ? lower.indexOf(`</${name}`, close) : close + 1;
    if (end < 0) return words;
    at = end;
  }
}

function wordFor(tag: string, isOpening: boolean): string {
  if (tag === "br") return "\n";
  if (tag === "li") return isOpening ? `${EDGE}• ` : EDGE;
  if (tag === "td" || tag === "th") return isOpening ? "" : " ";
  return BLOCKS.has(tag) ? EDGE : "";
}

function decoded(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi,
    (whole, ten, hex, name) => {
      if (name) return ENTITIES.get(name) ?? whole;
      const code = ten ? Number(ten) : Number.parseInt(hex, 16);
      return code > 31 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)
        ? String.fromCodePoint(code)
        : " ";
    },
  );
}
