/** Drawings of draw.io: their pages, shapes, edges and labels, and files that are made to harm. */
import { deflateSync, strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import type { FileElement } from "../src/canvas/file";
import { elementsOfDrawio } from "../src/drawio/elements";
import { plainLabel } from "../src/drawio/label";
import { pagesOf } from "../src/drawio/mxfile";
import { colourOf, headOf, lookOf, parseStyle } from "../src/drawio/style";
import { drawingIn } from "../src/files/picture";
import { Refused } from "../src/files/refused";

const ROOT = '<mxCell id="0"/><mxCell id="1" parent="0"/>';
const model = (cells: string) => `<mxGraphModel><root>${ROOT}${cells}</root></mxGraphModel>`;
const cell = (id: string, style: string, [x, y, width, height]: number[], other = "") =>
  `<mxCell id="${id}" value="${id}" style="${style}" vertex="1" ${other.includes("parent") ? "" : 'parent="1"'} ${other}>
  <mxGeometry x="${x}" y="${y}" width="${width}" height="${height}" as="geometry"/></mxCell>`;
const edge = (id: string, style: string, other: string, inside = "") =>
  `<mxCell id="${id}" style="${style}" edge="1" parent="1" ${other}>
  <mxGeometry relative="1" as="geometry">${inside}</mxGeometry></mxCell>`;
const deflated = (text: string) =>
  Buffer.from(deflateSync(strToU8(encodeURIComponent(text)))).toString("base64");

/** Why a file is refused; other faults are none. */
async function refusalOf(file: string): Promise<string> {
  try {
    await pagesOf(file);
  } catch (error) {
    if (error instanceof Refused) return error.message;
  }
  return "";
}

const named = (elements: readonly FileElement[], words: string) => {
  const label = elements.find(({ text }) => text === words);
  return elements.find(({ id }) => id === label?.containerId) ?? label;
};
const pathOf = ({ x, y, points }: FileElement) =>
  (points as number[][]).map(([dx = 0, dy = 0]) => [Number(x) + dx, Number(y) + dy]);

describe("the pages of a file", () => {
  test("are the same, plain, compressed, or as a model alone", async () => {
    const plain = model(cell("ä & b".replace("&", "&amp;"), "", [1, 2, 30, 40]));
    const [alone] = await pagesOf(plain);
    const [inside, packed, empty] = await pagesOf(
      `<mxfile><diagram name="P">${plain}</diagram><diagram>\n ${deflated(plain)} </diagram><diagram/></mxfile>`,
    );
    expect(alone?.cells).toHaveLength(3);
    expect(inside).toEqual({ name: "P", cells: alone?.cells });
    expect(packed).toEqual({ name: "", cells: alone?.cells });
    expect(packed?.cells[2]?.label).toBe("ä & b");
    expect(empty?.cells).toEqual([]);
  });

  test("are refused with a sentence when there is too much in them", async () => {
    const bomb = Buffer.from(deflateSync(new Uint8Array(30_000_000))).toString("base64");
    const tenth = deflated(model(`<!--${" ".repeat(3_000_000)}-->`));
    for (const [file, words] of [
      [`<mxfile><diagram>${bomb}</diagram></mxfile>`, "20 MB unpacked"],
      [`<mxfile>${`<diagram>${tenth}</diagram>`.repeat(3)}</mxfile>`, "20 MB unpacked"],
      [`<mxfile>${"<diagram/>".repeat(101)}</mxfile>`, "more than 100 pages"],
      [model("<mxCell/>".repeat(20_000)), "more than 20000 elements"],
    ] as const) {
      expect(await refusalOf(file), words).toContain(words);
    }
  });

  test("are nothing when it is another file, or damaged", async () => {
    const entity = '<!DOCTYPE x [<!ENTITY a "b">]><mxfile><diagram>&a;</diagram></mxfile>';
    const deep = `${"<a>".repeat(200_000)}`;
    for (const file of [
      "<svg/>",
      "<mxfile>",
      entity,
      deep,
      "<mxfile><diagram>!</diagram></mxfile>",
    ])
      await expect(pagesOf(file), file.slice(0, 30)).rejects.toThrow();
  });
});

describe("the shapes of a page", () => {
  test("have their forms, colours, dashes and places, also in each other", async () => {
    const { elements, left, simplified } = await elementsOfDrawio(
      model(
        cell("box", "rounded=1;fillColor=#DAE8FC;strokeColor=none;", [10, 20, 100, 50]) +
          cell("oval", "ellipse;dashed=1;rotation=90;opacity=50;", [0, 0, 10, 20]) +
          cell("rhomb", "rhombus;sketch=1;dashed=1;dashPattern=1 3;", [0, 0, 10, 20]) +
          cell("disk", "shape=cylinder3;strokeWidth=3;", [0, 0, 10, 20]) +
          cell("g", "group", [100, 100, 50, 50]) +
          cell("in", "", [5, 6, 10, 10], 'parent="g"') +
          cell("gone", "", [5, 6, 10, 10], 'visible="0"') +
          cell("pic", "shape=image;image=x", [0, 0, 1, 1], 'value=""').replace('value="pic"', ""),
      ),
    );
    expect([left, simplified]).toEqual([0, 1]);
    const round = { type: 3 };
    expect(named(elements, "box")).toMatchObject({
      ...{ type: "rectangle", x: 10, y: 20, width: 100, height: 50, roundness: round },
      ...{ backgroundColor: "#dae8fc", strokeColor: "transparent", strokeStyle: "solid" },
    });
    expect(named(elements, "oval")).toMatchObject({
      ...{ type: "ellipse", strokeStyle: "dashed", opacity: 50, backgroundColor: "#ffffff" },
    });
    expect(named(elements, "oval")?.angle).toBeCloseTo(Math.PI / 2);
    expect(named(elements, "rhomb")).toMatchObject({
      ...{ type: "diamond", strokeStyle: "dotted", roughness: 1 },
    });
    expect(named(elements, "disk")).toMatchObject({ type: "rectangle", strokeWidth: 3 });
    expect(named(elements, "in")).toMatchObject({ x: 105, y: 106, groupIds: ["group-g"] });
    expect(named(elements, "gone")).toBeUndefined();
  });

  test("in a circle of parents come to an end", async () => {
    const circle =
      cell("a", "", [1, 1, 5, 5], 'parent="b"') + cell("b", "", [1, 1, 5, 5], 'parent="a"');
    const { elements } = await elementsOfDrawio(model(circle));
    expect(elements.every(({ x }) => Number.isFinite(x))).toBe(true);
  });

  test("of several pages stand in frames beside each other", async () => {
    const page = (name: string) =>
      `<diagram name="${name}">${model(cell(name, "", [0, 0, 100, 50]))}</diagram>`;
    const { elements } = await elementsOfDrawio(`<mxfile>${page("One")}${page("Two")}</mxfile>`);
    const frames = elements.filter(({ type }) => type === "frame");
    expect(frames.map(({ name, x, width }) => [name, x, width])).toEqual([
      ["One", -40, 180],
      ["Two", 340, 180],
    ]);
    expect(named(elements, "Two")).toMatchObject({ x: 380, frameId: frames[1]?.id });
  });

  test("link to nothing but pages and mail", async () => {
    const linked = (link: string) =>
      `<UserObject id="u" label="L" link="${link}">${cell("x", "", [0, 0, 9, 9]).replace(/id="x" value="x"/, "")}</UserObject>`;
    const linkOf = async (link: string) =>
      named((await elementsOfDrawio(model(linked(link)))).elements, "L")?.link;
    expect(await linkOf("https://example.org/a")).toBe("https://example.org/a");
    expect(await linkOf("javascript:alert(1)")).toBeUndefined();
  });
});

describe("the edges of a page", () => {
  const two = cell("a", "", [0, 0, 100, 50]) + cell("b", "", [200, 100, 100, 50]);
  const arrowOf = async (cells: string) =>
    (await elementsOfDrawio(model(cells))).elements.find(
      ({ type }) => type === "arrow",
    ) as FileElement;

  test("are arrows that are bound to their shapes, wherever these stand in the file", async () => {
    const { elements } = await elementsOfDrawio(
      model(edge("e", "", 'value="why" source="a" target="b"') + two),
    );
    const arrow = elements.find(({ type }) => type === "arrow");
    const [a, b] = [named(elements, "a"), named(elements, "b")];
    expect(arrow).toMatchObject({
      startBinding: { elementId: a?.id },
      endBinding: { elementId: b?.id },
      ...{ startArrowhead: null, endArrowhead: "arrow" },
    });
    for (const one of [a, b])
      expect(one?.boundElements).toContainEqual({ id: arrow?.id, type: "arrow" });
    expect(named(elements, "why")).toBe(arrow);
    // On the line between the middles, where it leaves and meets the boxes.
    expect(pathOf(arrow as FileElement)).toEqual([
      [100, 50],
      [200, 100],
    ]);
  });

  test("go along and across when they say so, by their points and sides", async () => {
    const angular = "edgeStyle=orthogonalEdgeStyle;";
    expect(pathOf(await arrowOf(two + edge("e", angular, 'source="a" target="b"')))).toEqual([
      [100, 25],
      [150, 25],
      [150, 125],
      [200, 125],
    ]);
    const sides = `${angular}exitX=0.5;exitY=1;entryX=0;entryY=0.5;`;
    expect(pathOf(await arrowOf(two + edge("e", sides, 'source="a" target="b"')))).toEqual([
      [50, 50],
      [50, 125],
      [200, 125],
    ]);
    const points = '<Array as="points"><mxPoint x="50" y="300"/></Array>';
    for (const [x, y] of pathOf(
      await arrowOf(two + edge("e", angular, 'source="a" target="b"', points)),
    ).slice(1))
      expect([x, y].every(Number.isFinite)).toBe(true);
    const free = '<mxPoint x="1" y="2" as="sourcePoint"/><mxPoint x="30" y="40" as="targetPoint"/>';
    expect(pathOf(await arrowOf(edge("e", "", "", free)))).toEqual([
      [1, 2],
      [30, 40],
    ]);
  });

  test("keep further labels as texts, and are left out when they go nowhere", async () => {
    const label = (id: string, x: number) => cell(id, "edgeLabel", [x, 0, 0, 0], 'parent="e"');
    const { elements } = await elementsOfDrawio(
      model(two + edge("e", "", 'source="a" target="b"') + label("first", -1) + label("second", 1)),
    );
    expect(named(elements, "first")?.type).toBe("arrow");
    expect(named(elements, "second")?.type).toBe("text");
    expect((await elementsOfDrawio(model(edge("e", "", "")))).left).toBe(1);
  });

  test("have their heads", () => {
    const heads = (style: string) => [
      headOf(parseStyle(style), "start"),
      headOf(parseStyle(style), "end"),
    ];
    expect(heads("")).toEqual([null, "arrow"]);
    expect(heads("endArrow=none;startArrow=block;")).toEqual(["triangle", null]);
    expect(heads("endArrow=diamondThin;endFill=0;startArrow=ERmany")).toEqual([
      "crowfoot_many",
      "diamond_outline",
    ]);
    expect(heads("endArrow=constructor")).toEqual([null, "arrow"]);
  });
});

test("labels are plain words, whatever is in them", () => {
  expect(plainLabel("<div>one</div><div><b>two</b> &amp; &#252;&nbsp;3</div>", true)).toBe(
    "one\ntwo & ü 3",
  );
  expect(plainLabel("a<br>b<ul><li>c</li><li>d</li></ul>", true)).toBe("a\nb\n• c\n• d");
  expect(plainLabel("<style>x{}</style>1 < 2<img src=x onerror=alert(1)>", true)).toBe("1 < 2");
  expect(plainLabel("&lt;b&gt; &unknown; &#xd800;", true)).toBe("<b> &unknown;");
  expect(plainLabel("<b>as it is</b>", false)).toBe("<b>as it is</b>");
  const started = performance.now();
  for (const part of ["<a", "<style>", "&#", "<", " \ue000", "<div>"])
    plainLabel(part.repeat(20_000), true);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("colours are those that a board may have", () => {
  expect(colourOf("light-dark(#FF0000, #00ff00)", "#123456")).toBe("#ff0000");
  expect(colourOf("default", "#123456")).toBe("#123456");
  expect(colourOf("url(#x)", "#123456")).toBe("#123456");
  expect(
    lookOf(parseStyle("strokeColor=#000000;strokeWidth=-1;opacity=x"), "transparent"),
  ).toMatchObject({
    ...{ strokeColor: "#1e1e1e", backgroundColor: "transparent", strokeWidth: 1, opacity: 100 },
  });
});

describe("pictures in cells", () => {
  const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkAAIAAAoAAv";
  const drawn = (...pictures: readonly string[]) =>
    elementsOfDrawio(
      model(
        pictures
          .map((one, at) => cell(`p${at}`, `shape=image;image=${one};`, [0, 0, 40, 30]))
          .join(""),
      ),
    );
  const images = ({ elements }: Awaited<ReturnType<typeof drawn>>) =>
    elements.filter(({ type }) => type === "image");

  test("come along, each once", async () => {
    const long = PIXEL + "A".repeat(60_000);
    const sketch = await drawn(
      ...[`data:image/png,${long}`, `data:image/png;base64,${PIXEL}==`, `data:image/png,${long}`],
      ...["data:image/jpg,/9j/AAAA", "data:image/gif,R0lGODlh", "data:image/webp,UklGRgAA"],
      "data:image/svg+xml,PHN2Zy8+",
    );
    const ids = images(sketch).map(({ fileId }) => String(fileId));
    expect(ids).toHaveLength(7);
    expect(ids[2]).toBe(ids[0]);
    expect(Object.keys(sketch.files).sort()).toEqual([...new Set(ids)].sort());
    const types = ["png", "png", "png", "jpeg", "gif", "webp", "svg+xml"];
    expect(ids.map((id) => sketch.files[id]?.mimeType)).toEqual(types.map((one) => `image/${one}`));
    expect(sketch.files[ids[0] ?? ""]?.dataURL).toBe(
      `data:image/png;base64,${long}${"=".repeat((4 - (long.length % 4)) % 4)}`,
    );
    expect(images(sketch)[0]).toMatchObject({ x: 0, y: 0, width: 40, height: 30, scale: [1, 1] });
    expect([sketch.left, sketch.unfetched]).toEqual([0, []]);
  });

  test("keep their turns, groups and edges", async () => {
    const style = `shape=image;flipH=1;rotation=90;image=data:image/png,${PIXEL};`;
    const edge =
      '<mxCell id="e" edge="1" source="a" target="p"><mxGeometry relative="1"/></mxCell>';
    const { elements } = await elementsOfDrawio(
      model(cell("a", "", [300, 0, 10, 10]) + cell("p", style, [0, 0, 40, 30]) + edge),
    );
    const image = elements.find(({ type }) => type === "image");
    expect(image).toMatchObject({ scale: [-1, 1] });
    expect(image?.angle).toBeCloseTo(Math.PI / 2);
    const arrow = elements.find(({ type }) => type === "arrow");
    expect(arrow?.endBinding).toMatchObject({ elementId: image?.id });
  });

  test("of other kinds, or damaged, are counted", async () => {
    const sketch = await drawn(
      ...["data:image/png,R0lGODlh", "data:image/bmp,Qk0AAA", "data:text/html,PGI+"],
      ...["data:image/svg+xml,%3Csvg/%3E", "data:image/png,", "data:image/png,iVBORw0KGgo!"],
    );
    expect([images(sketch).length, sketch.left, sketch.files]).toEqual([0, 6, {}]);
  });

  test("are not more than can be taken", async () => {
    const many = Array.from({ length: 502 }, (_, at) => `data:image/gif,R0lGOD${at + 1000}`);
    const sketch = await drawn(...many);
    expect([images(sketch).length, sketch.left]).toEqual([500, 2]);
  });

  test("at addresses have a placeholder, and their address is told", async () => {
    const addresses = ["https://example.org/a.png", "img/lib/disk.svg", "javascript:alert(1)"];
    const sketch = await drawn(...addresses);
    expect(sketch.unfetched.map(({ address }) => address)).toEqual(addresses);
    const boxes = sketch.unfetched.map(({ id }) => sketch.elements.find((one) => one.id === id));
    expect(boxes.map((box) => [box?.type, box?.strokeStyle, box?.link])).toEqual([
      ["rectangle", "dashed", "https://example.org/a.png"],
      ["rectangle", "dashed", undefined],
      ["rectangle", "dashed", undefined],
    ]);
    expect([sketch.left, sketch.files]).toEqual([0, {}]);
  });

  test("in boxes with words stand beside them", async () => {
    const style = `label;image=data:image/png,${PIXEL};imageWidth=30;imageHeight=20;spacing=10`;
    const { elements } = await elementsOfDrawio(model(cell("Words", style, [0, 0, 200, 60])));
    const [box, label, image] = elements;
    expect([box?.type, label?.text, image?.type]).toEqual(["rectangle", "Words", "image"]);
    expect(image).toMatchObject({ x: 10, y: 20, width: 30, height: 20 });
    expect(image?.groupIds).toEqual(box?.groupIds);
    expect(box?.groupIds).toHaveLength(1);
  });
});

describe("a picture with its diagram", () => {
  const file = '<mxfile><diagram name="ä"/></mxfile>';
  const chunk = (kind: string, data: string) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(kind, 4, "latin1");
    return Buffer.concat([head, Buffer.from(data, "latin1"), Buffer.alloc(4)]);
  };
  const png = (data: string) =>
    new File(
      [
        Buffer.concat([
          Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
          chunk("tEXt", data),
          chunk("IEND", ""),
        ]),
      ],
      "a.png",
    );

  test("has the text of its file", async () => {
    expect(await drawingIn(png(`mxfile\0${encodeURIComponent(file)}`), 1_000)).toBe(file);
    const escaped = file.replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
    const svg = `<?xml version="1.0"?>\n<svg width="1" content="${escaped}"><g/></svg>`;
    expect(await drawingIn(new File([svg], "a.svg"), 1_000)).toBe(file);
  });

  test("is a picture without it, and refused when it is damaged", async () => {
    expect(await drawingIn(png("Comment\0mxfile"), 1_000)).toBeNull();
    expect(
      await drawingIn(new File(["<svg><g content='&lt;mxfile'/></svg>"], "a.svg"), 9),
    ).toBeNull();
    await expect(drawingIn(png("mxfile\0%"), 1_000)).rejects.toThrow("damaged");
  });
});
