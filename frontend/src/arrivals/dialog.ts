/** The dialog of an arrival: how far it is, a way to stop it, and what could not be taken. */
import { t, tn } from "../i18n";
import { type Place, sendDrawings } from "./send";
import { type Arrival, findDrawings, type Refusal } from "./walk";

const MAX_SHOWN = 200;

export async function bring(
  coming: Promise<Arrival[]>,
  { place, csrf }: { place: Place; csrf: string },
): Promise<void> {
  const stop = new AbortController();
  const view = open(stop);
  let made = 0;
  let refused: Refusal[] = [];
  try {
    const found = await findDrawings(await coming);
    const total = found.drawings.length;
    const onProgress = (done: number, title: string) => view.progress(done, total, title);
    const sent = await sendDrawings(found.drawings, {
      place,
      csrf,
      signal: stop.signal,
      onProgress,
    });
    made = sent.made;
    refused = [...found.refused, ...sent.refused];
  } catch {
    refused = [{ path: "", why: t("The files cannot be read.") }];
  }
  view.report(made, refused);
}

function open(stop: AbortController) {
  const dialog = document.createElement("dialog");
  dialog.className = "page-dialog arrivals";
  dialog.setAttribute("aria-labelledby", "arrivals-title");
  const head = document.createElement("div");
  head.className = "dialog-head";
  const title = document.createElement("h2");
  title.id = "arrivals-title";
  title.textContent = t("Import drawings");
  head.append(title);
  const body = document.createElement("div");
  body.className = "dialog-body";
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.textContent = t("Looking at the files…");
  const bar = document.createElement("progress");
  bar.style.width = "100%";
  bar.setAttribute("aria-label", t("Import drawings"));
  const actions = document.createElement("div");
  actions.className = "dialog-actions";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = t("Cancel");
  actions.append(button);
  body.append(status, bar, actions);
  dialog.append(head, body);
  document.body.append(dialog);
  let made: number | null = null;
  const leave = () => {
    if (made === null) stop.abort();
    else dialog.close();
  };
  button.addEventListener("click", leave);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (made) window.location.reload();
  });
  dialog.showModal();
  return {
    progress(done: number, total: number, name: string) {
      bar.max = total;
      bar.value = done;
      const values = { n: done + 1, total, title: name };
      status.textContent = t("Drawing {n} of {total}: {title}", values);
    },
    report(count: number, refused: readonly Refusal[]) {
      made = count;
      bar.remove();
      status.textContent =
        count === 0
          ? t("No board was made.")
          : tn(count, "1 board was made.", "{n} boards were made.");
      if (refused.length > 0) actions.before(...refusals(refused));
      button.textContent = t("Close");
      button.focus();
    },
  };
}

function refusals(refused: readonly Refusal[]): HTMLElement[] {
  const head = document.createElement("p");
  head.textContent = tn(
    refused.length,
    "1 file could not be taken:",
    "{n} files could not be taken:",
  );
  const list = document.createElement("ul");
  list.tabIndex = 0;
  list.style.cssText =
    "max-height: 40dvh; overflow: auto; padding-left: 1.25rem; overflow-wrap: anywhere";
  for (const { path, why } of refused.slice(0, MAX_SHOWN)) {
    const item = document.createElement("li");
    item.textContent = path ? `${path} — ${why}` : why;
    list.append(item);
  }
  return [head, list];
}
