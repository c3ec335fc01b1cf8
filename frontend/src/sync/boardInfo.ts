/** The facts about a board: at first as the page was rendered, then as the server says. */
import type { BoardConfig, Level } from "../config";
import { t } from "../i18n";
import { here } from "../prefix";
import type { BoardEvent } from "./events";

export interface BoardInfo {
  readonly level: Level;
  /** Address of the share dialog; `null` for people who may not share. */
  readonly shareUrl: string | null;
  readonly title: string;
  readonly isLocked: boolean;
  /** The revision of the workshop that goes on; 0 if there is none. */
  readonly workshop: number;
  /** What to tell the person about the last change; `null` when there is nothing. */
  readonly notice: string | null;
}

/** The board as the page was rendered. */
export function initialInfo(config: BoardConfig): BoardInfo {
  const { level, shareUrl, title, isLocked, workshop, notice } = config;
  return { level, shareUrl, title, isLocked, workshop, notice };
}

/** The board after an event. The same object when nothing changed. */
export function withEvent(info: BoardInfo, event: BoardEvent, config: BoardConfig): BoardInfo {
  switch (event.type) {
    case "access": {
      const { title, isLocked } = event.board ?? info;
      const workshop = event.workshop ?? info.workshop;
      const shareUrl = event.canManage
        ? (config.shareUrl ?? here(`/board/${config.boardId}/share`))
        : null;
      const isSame = event.level === info.level;
      const notice = isSame ? info.notice : noticeOf(event.level);
      const isKnown =
        title === info.title && isLocked === info.isLocked && workshop === info.workshop;
      if (isSame && isKnown && shareUrl === info.shareUrl) return info;
      return { ...info, level: event.level, shareUrl, notice, title, isLocked, workshop };
    }
    case "workshop": {
      const workshop = event.workshop === null ? 0 : event.revision;
      return workshop === info.workshop ? info : { ...info, workshop };
    }
    case "board": {
      const { title, isLocked } = event;
      if (title === info.title && isLocked === info.isLocked) return info;
      return { ...info, title, isLocked };
    }
    case "comment":
    case "versions":
    case "notifications":
    case "libraries":
      return info;
  }
}

function noticeOf(level: Level): string {
  switch (level) {
    case "view":
      return t("Your access has changed: you can view this board now, but not edit it.");
    case "comment":
      return t("Your access has changed: you can view this board and comment on it now.");
    case "edit":
      return t("Your access has changed: you can edit this board now.");
  }
}
