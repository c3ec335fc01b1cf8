/**
 * As much of a DOM as drawing an SVG needs, where there is no browser: nodes with attributes and
 * children. A whole DOM would be larger than everything else here, and slower.
 */

type Child = SvgNode | SvgText;

/** Text; comments and what is in them are left out of the picture. */
export class SvgText {
  parent: SvgNode | null = null;
  readonly data: string;

  constructor(data: string) {
    this.data = data;
  }
}

export class SvgNode {
  parent: SvgNode | null = null;
  readonly attributes = new Map<string, string>();
  readonly children: Child[] = [];
  readonly style: Record<string, string> = {};
  readonly localName: string;
  readonly classList = { add: (name: string) => this.setAttribute("class", name) };

  constructor(localName: string) {
    this.localName = localName;
  }

  get ownerDocument() {
    return svgDocument;
  }

  get id(): string {
    return this.attributes.get("id") ?? "";
  }

  set id(value: string) {
    this.setAttribute("id", value);
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value));
  }

  /** Whatever the namespace, the name is what is written into the file. */
  setAttributeNS(_namespace: string, name: string, value: unknown): void {
    this.setAttribute(name, value);
  }

  get firstChild(): Child | null {
    return this.children[0] ?? null;
  }

  appendChild<Node extends Child>(child: Node): Node {
    child.parent?.removeChild(child);
    child.parent = this;
    this.children.push(child);
    return child;
  }

  append(...children: Child[]): void {
    for (const child of children) this.appendChild(child);
  }

  prepend(child: Child): void {
    child.parent?.removeChild(child);
    child.parent = this;
    this.children.unshift(child);
  }

  removeChild(child: Child): Child {
    // Nearly always the newest.
    const at = this.children.lastIndexOf(child);
    if (at >= 0) this.children.splice(at, 1);
    child.parent = null;
    return child;
  }

  get textContent(): string {
    return this.children
      .map((child) => (child instanceof SvgText ? child.data : child.textContent))
      .join("");
  }

  set textContent(text: string) {
    this.children.length = 0;
    this.appendChild(new SvgText(String(text)));
  }

  /** Takes the two kinds of selectors that the editor uses: a name, and `#id`. */
  querySelector(selector: string): SvgNode | null {
    for (const child of this.children) {
      if (!(child instanceof SvgNode)) continue;
      const isIt = selector.startsWith("#")
        ? child.id === selector.slice(1)
        : child.localName === selector;
      // Symbols and definitions, which are all that is looked for, stand at the top.
      if (isIt) return child;
      if (child.localName === "defs") {
        const found = child.querySelector(selector);
        if (found) return found;
      }
    }
    return null;
  }
}

/** The document that the nodes are made by; it holds none of them. */
export const svgDocument = {
  createElementNS: (_namespace: string, name: string) => new SvgNode(name),
  createTextNode: (text: string) => new SvgText(text),
  createComment: () => new SvgText(""),
};
