/** Small pictures of the chosen pages; a click leaves one out. */
import { useEffect, useState } from "react";
import { t } from "../i18n";
import type { Size } from "./limits";
import type { PdfReader } from "./reader";

/** Of a preview, in pixels. */
const SIDE = 180;

interface PreviewsProps {
  readonly pdf: PdfReader | null;
  readonly pages: readonly number[];
  readonly onLeaveOut: (page: number) => void;
}

export function Previews({ pdf, pages, onLeaveOut }: PreviewsProps) {
  const pictures = usePictures(pdf, pages);
  return (
    <ul className="pdf-previews" aria-label={t("Chosen pages")}>
      {pages.map((page) => (
        <li key={page}>
          <button
            type="button"
            aria-label={t("Leave out page {n}", { n: page })}
            title={t("Leave out page {n}", { n: page })}
            onClick={() => onLeaveOut(page)}
          >
            {pictures[page] ? <img src={pictures[page]} alt="" /> : <span />}
          </button>
          <span aria-hidden="true">{page}</span>
        </li>
      ))}
    </ul>
  );
}

function scaleOfPreview({ width, height }: Size): number {
  return SIDE / Math.max(width, height, 1);
}

/** One page after the other, those first that are asked for first; a page that fails has none. */
function usePictures(
  pdf: PdfReader | null,
  pages: readonly number[],
): Readonly<Record<number, string>> {
  const [pictures, setPictures] = useState<Readonly<Record<number, string>>>({});
  const next = pages.find((page) => pictures[page] === undefined);
  useEffect(() => {
    if (!pdf || next === undefined) return;
    const controller = new AbortController();
    const keep = (picture: string) => {
      if (!controller.signal.aborted) setPictures((known) => ({ ...known, [next]: picture }));
    };
    pdf.draw(next, scaleOfPreview, controller.signal).then(
      ({ canvas }) => keep(canvas.toDataURL()),
      () => keep(""),
    );
    return () => controller.abort();
  }, [pdf, next]);
  return pictures;
}
