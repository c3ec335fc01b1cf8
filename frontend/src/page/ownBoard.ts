/** What the menu of a board does with the board as a whole. */
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { here } from "../prefix";
import { callBoard } from "./boardApi";

/** Makes a private copy and goes there. Throws when it is refused. */
export async function copyBoard(config: BoardConfig): Promise<void> {
  const made = (await callBoard(config, "POST", "duplicate", {})) as { id: string };
  window.location.assign(here(`/board/${made.id}`));
}

/** Moves it to the trash, once that is meant; the server then closes the page of everybody. */
export async function trashBoard(config: BoardConfig, title: string): Promise<void> {
  const question = t(
    "Move “{title}” to the trash? Everyone on it is disconnected. You can restore it.",
    {
      title,
    },
  );
  if (window.confirm(question)) await callBoard(config, "DELETE", "");
}

/** Brings it back from the trash and opens it. */
export async function restoreBoard(config: BoardConfig): Promise<void> {
  await callBoard(config, "POST", "restore", {});
  window.location.reload();
}
