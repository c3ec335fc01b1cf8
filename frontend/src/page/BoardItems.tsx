/** The board as a whole, in its main menu: what the list of boards has in the menu of its card. */
import { MainMenu } from "@excalidraw/excalidraw";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { CopyIcon, RenameIcon, TrashIcon } from "./icons";
import { copyBoard, trashBoard } from "./ownBoard";

interface BoardItemsProps {
  readonly config: BoardConfig;
  readonly title: string;
  readonly canManage: boolean;
  readonly onRename: () => void;
  /** Is told what was refused. */
  readonly onProblem: (error: unknown) => void;
}

export function BoardItems({ config, title, canManage, onRename, onProblem }: BoardItemsProps) {
  const act = (action: Promise<void>) => void action.catch(onProblem);
  const canCopy = config.user.id !== null && config.entry === "board";
  return (
    <>
      {canManage && (
        <MainMenu.Item icon={<RenameIcon />} onSelect={onRename}>
          {t("Rename")}
        </MainMenu.Item>
      )}
      {canCopy && (
        <MainMenu.Item icon={<CopyIcon />} onSelect={() => act(copyBoard(config))}>
          {t("Make a copy")}
        </MainMenu.Item>
      )}
      {canManage && (
        <MainMenu.Item icon={<TrashIcon />} onSelect={() => act(trashBoard(config, title))}>
          {t("Move to trash")}
        </MainMenu.Item>
      )}
    </>
  );
}
