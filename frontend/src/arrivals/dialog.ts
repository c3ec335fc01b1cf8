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
  let partial: Refusal[] = [];
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
    partial = sent.partial;
  } catch {
    refused = [{ path: "", why: t("The files cannot be read.") }];
  }
  view.report(made, refused, partial);
}

function open(stop: AbortController) {
  const dialog = make("dialog", "page-dialog arrivals");
  dialog.setAttribute("aria-labelledby", "arrivals-title");
  const title = make("h2", "", t("Import drawings"));
  title.id = "arrivals-title";
  const status = make("p", "", t("Looking at the files…"));
  status.setAttribute("role", "status");
  const bar = make("progress");
  bar.setAttribute("aria-label", t("Import drawings"));
  const button = make("button", "button", t("Cancel"));
  button.type = "button";
  const actions = make("div", "dialog-actions");
  actions.append(button);
  const head = make("div", "dialog-head");
  head.append(title);
  const body = make("div", "dialog-body");
  body.append(status, bar, actions);
  dialog.append(head, body);
  document.body.append(dialog);
  const end = endings(dialog, button, stop);
  dialog.showModal();
  return {
    progress(done: number, total: number, name: string) {
      bar.max = total;
      bar.value = done;
      const values = { n: done + 1, total, title: name };
      status.textContent = t("Drawing {n} of {total}: {title}", values);
    },
    report(count: number, refused: readonly Refusal[], partial: readonly Refusal[]) {
      end.made = count;
      bar.remove();
      status.textContent =
        count === 0
          ? t("No board was made.")
          : tn(count, "1 board was made.", "{n} boards were made.");
      if (refused.length > 0) {
        const n = refused.length;
        const text = tn(n, "1 file could not be taken:", "{n} files could not be taken:");
        actions.before(...listOf(text, refused));
      }
      if (partial.length > 0) {
        const n = partial.length;
        const text = tn(
          n,
          "1 board has not all of its file:",
          "{n} boards have not all of their files:",
        );
        actions.before(...listOf(text, partial));
      }
      button.textContent = t("Close");
      button.focus();
    },
  };
}

/** Leaving stops the arrival until it is known what was `made`, and then shows the new boards. */
function endings(dialog: HTMLDialogElement, button: HTMLButtonElement, stop: AbortController) {
  const end: { made: number | null } = { made: null };
  const leave = () => {
    if (end.made === null) stop.abort();
    else dialog.close();
  };
  button.addEventListener("click", leave);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (end.made) window.location.reload();
  });
  return end;
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function listOf(text: string, files: readonly Refusal[]): HTMLElement[] {
  const head = make("p", "", text);
  const list = make("ul", "arrivals-refused");
  list.tabIndex = 0;
  for (const { path, why } of files.slice(0, MAX_SHOWN)) {
    list.append(make("li", "", path ? `${path} — ${why}` : why));
  }
  return [head, list];
}
