/** Lays one text out, beside the page: it goes on, and can end this at any time. */
import { layOut } from "./layout";

self.onmessage = ({ data }: MessageEvent<string>) => self.postMessage(layOut(data));
