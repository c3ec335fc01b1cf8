/** The ways in on the list of boards: files dropped anywhere, and a button. */
import { arrivalsOfDrop, arrivalsOfFiles } from "./drop";
import type { Arrival } from "./walk";

/** Starts where the page has the button; `csrf` is the token of its forms. */
export function startArrivals(csrf: () => string): void {
  const menu = document.querySelector<HTMLElement>("[data-arrivals]");
  if (!menu) return;
  menu.hidden = false;
  const begin = async (coming: Promise<Arrival[]>) => {
    const { bring } = await import("./dialog");
    const { space, folder } = menu.dataset;
    await bring(coming, { place: { space, folder }, csrf: csrf() });
  };
  for (const input of menu.querySelectorAll<HTMLInputElement>("input[type=file]")) {
    input.addEventListener("change", () => {
      const files = arrivalsOfFiles(input.files ?? []);
      input.value = "";
      menu.removeAttribute("open");
      if (files.length > 0) void begin(Promise.resolve(files));
    });
  }
  for (const button of menu.querySelectorAll<HTMLButtonElement>("[data-picks]")) {
    button.addEventListener("click", () => {
      menu.querySelector<HTMLInputElement>(`#${button.dataset.picks}`)?.click();
    });
  }
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  window.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  window.addEventListener("drop", (event) => {
    if (!event.dataTransfer || !hasFiles(event)) return;
    event.preventDefault();
    if (!document.querySelector("dialog[open]")) void begin(arrivalsOfDrop(event.dataTransfer));
  });
}
