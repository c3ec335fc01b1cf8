/**
 * The hand-written font for Chinese, Japanese and Korean, when somebody writes such text. Its list of
 * 209 files is a tenth of everything that a board loads before it is shown, and most boards never
 * need it; so the build takes the list out of Excalidraw (see `vite.config.ts`) and this brings it
 * back. Excalidraw calls `withXiaolai` before it loads the fonts of a scene or embeds them.
 */

/** One file of a font, for a range of characters. */
export interface FontSource {
  readonly uri: string;
  readonly descriptors: { readonly unicodeRange: string };
}

interface RegisteredFont {
  readonly metadata: unknown;
  readonly fontFaces: readonly { readonly fontFace: FontFace }[];
}

/** Excalidraw's class `Fonts`, as far as it matters here. */
export interface FontRegistry {
  readonly registered: Map<number, RegisteredFont>;
  register(family: string, metadata: unknown, ...faces: readonly FontSource[]): unknown;
}

const FAMILY = "Xiaolai";
/** Excalidraw's number for it: it is never chosen, others fall back on it. */
const FAMILY_ID = 100;
/** What Excalidraw takes for such text (`containsCJK`), and the punctuation beside it. */
const CJK = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303f\uff00-\uffef]/u;

let registry: FontRegistry | null = null;
let loading: Promise<void> | null = null;

/** Whether a text needs the font. */
export function needsXiaolai(text: string): boolean {
  return CJK.test(text);
}

/** Registers the font when one of the texts, or sets of characters, by font family needs it. */
export async function withXiaolai(
  fonts: FontRegistry,
  texts: Readonly<Record<string, Iterable<string>>>,
): Promise<void> {
  registry = fonts;
  const isNeeded = Object.values(texts).some((text) => needsXiaolai([...text].join("")));
  if (isNeeded) await loadXiaolai();
}

/** Loads the files for a text that appeared on the canvas, which is then drawn again with them. */
export async function showWithXiaolai(text: string): Promise<void> {
  if (!needsXiaolai(text)) return;
  await loadXiaolai();
  await document.fonts.load(`20px ${FAMILY}`, text).catch(() => []);
}

/** Never rejects: without the font others are used, and the next text tries again. */
function loadXiaolai(): Promise<void> {
  loading ??= register().catch((error) => {
    loading = null;
    console.warn("A font could not be loaded.", error);
  });
  return loading;
}

async function register(): Promise<void> {
  if (!registry) return;
  const { default: faces } = await import("virtual:xiaolai");
  const metadata = registry.registered.get(FAMILY_ID)?.metadata;
  registry.registered.delete(FAMILY_ID);
  registry.register(FAMILY, metadata, ...faces);
  const { fontFaces } = registry.registered.get(FAMILY_ID) ?? { fontFaces: [] };
  for (const { fontFace } of fontFaces) document.fonts.add(fontFace);
}
