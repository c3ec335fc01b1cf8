/** The text of a picture: well-formed XML in which nothing runs and nothing is loaded. */
import { SvgNode, SvgText } from "./dom";

const ELEMENTS = new Set(
  "svg,g,a,defs,style,clipPath,mask,symbol,use,image,rect,path,text,tspan".split(","),
);
/** Empty in every picture; it would hold the drawing itself. */
const LEFT_OUT = new Set(["metadata"]);
/** Not allowed in XML, not even as references. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;
const REFERENCES = new Set(["href", "xlink:href"]);
const LINK = /^(?:https?:|mailto:|tel:)/i;
/** The start of what stands for the bytes of an image. */
const IMAGE = "image:";

export function textOf(node: SvgNode): string {
  const pieces: string[] = [];
  write(node, pieces);
  return pieces.join("");
}

function write(node: SvgNode, pieces: string[]): void {
  if (LEFT_OUT.has(node.localName)) return;
  if (!ELEMENTS.has(node.localName)) throw new Error(`<${node.localName}> has no place here.`);
  pieces.push("<", node.localName);
  for (const [name, value] of node.attributes) {
    if (isAllowed(node, name, value)) pieces.push(" ", name, '="', inQuotes(value), '"');
  }
  if (node.children.length === 0) {
    pieces.push("/>");
    return;
  }
  pieces.push(">");
  for (const child of node.children) {
    if (child instanceof SvgText) pieces.push(escaped(child.data));
    else write(child, pieces);
  }
  pieces.push("</", node.localName, ">");
}

function isAllowed({ localName }: SvgNode, name: string, value: string): boolean {
  if (!/^[a-z][a-zA-Z:-]*[0-9]?$/.test(name) || /^on/i.test(name)) return false;
  if (REFERENCES.has(name)) {
    if (localName === "a") return LINK.test(value);
    return value.startsWith("#") || (localName === "image" && value.startsWith(IMAGE));
  }
  // A colour of a drawing may be any text: none of them makes a viewer load something.
  return !/url\s*\(/i.test(value) || /^url\(#[^()]*\)$/.test(value);
}

function escaped(text: string): string {
  return text
    .replace(NOT_IN_XML, "")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\r/g, "");
}

function inQuotes(text: string): string {
  return escaped(text).replace(/"/g, "&quot;").replace(/\s/g, " ");
}

/** All nodes of a name, in the order of the picture. */
export function* nodesOf(root: SvgNode, name: string): Generator<SvgNode> {
  for (const child of [...root.children]) {
    if (!(child instanceof SvgNode)) continue;
    if (child.localName === name) yield child;
    yield* nodesOf(child, name);
  }
}
