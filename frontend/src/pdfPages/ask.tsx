/** Asks which pages of a PDF are wanted, and draws them. */
import { createRoot } from "react-dom/client";
import type { Drawing } from "../files/drawing";
import { PdfDialog } from "./PdfDialog";

const NOTHING: Drawing = { elements: [], files: {}, left: 0 };

/** The pages that somebody chose; nothing when they cancelled. Throws `Refused` with the reason. */
export async function askForPages(file: File): Promise<Drawing> {
  const place = document.createElement("div");
  const root = createRoot(place);
  try {
    return await new Promise<Drawing>((resolve, reject) => {
      const onClose = () => resolve(NOTHING);
      root.render(<PdfDialog file={file} onDrawn={resolve} onProblem={reject} onClose={onClose} />);
    });
  } finally {
    root.unmount();
  }
}
