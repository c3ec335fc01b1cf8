/** Reads one PDF, beside the page: it can be ended at any time. */
import "pdfjs-dist/legacy/build/pdf.worker.min.mjs";
