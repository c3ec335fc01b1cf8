/** The board's own main menu. */
import { MainMenu } from "@excalidraw/excalidraw";
import { memo } from "react";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { BOARD_KEYS, shortcutText } from "../keys/shortcuts";
import { chooseTheme, type ThemeChoice } from "../theme";
import { AccountItems } from "./AccountItems";
import { BoardItems } from "./BoardItems";
import {
  ActivityIcon,
  AddFileIcon,
  BackIcon,
  DiagramIcon,
  FileIcon,
  HelpIcon,
  HistoryIcon,
  LibraryIcon,
  OutlineIcon,
  PresentIcon,
  PrintIcon,
  SearchIcon,
  WorkshopIcon,
} from "./icons";
import { LanguageItems } from "./LanguageItems";

/** What the menu opens. */
export interface MenuActions {
  readonly showVersions: () => void;
  readonly showActivity: () => void;
  readonly showOutline: () => void;
  readonly showLibrary: () => void;
  readonly present: () => void;
  readonly saveFile: () => void;
  readonly print: () => void;
  readonly insertMermaid: () => void;
  readonly showHelp: () => void;
  readonly search: () => void;
  readonly rename: () => void;
  readonly workshop: () => void;
}

interface MenuProps {
  readonly config: BoardConfig;
  readonly canEdit: boolean;
  readonly canManage: boolean;
  readonly theme: ThemeChoice;
  readonly title: string;
  readonly onAddFiles: () => void;
  /** Is told what was refused. */
  readonly onProblem: (error: unknown) => void;
  readonly actions: MenuActions;
}

export const Menu = memo(function Menu(props: MenuProps) {
  const { config, title, canEdit, canManage, theme, actions, onAddFiles, onProblem } = props;
  const { homeUrl } = config;
  // Not by the public link alone: versions are for people with an account, who may edit. They hold
  // what was deleted before others came.
  const hasVersions = canEdit && config.user.id !== null && config.entry === "board";
  return (
    <MainMenu>
      {homeUrl && (
        <MainMenu.ItemLink href={homeUrl} target="_self" icon={<BackIcon />}>
          {t("All boards")}
        </MainMenu.ItemLink>
      )}
      {config.user.id !== null && (
        <MainMenu.Item icon={<SearchIcon />} onSelect={actions.search}>
          {t("Search everywhere")}
        </MainMenu.Item>
      )}
      {homeUrl && <MainMenu.Separator />}
      <MainMenu.Item
        icon={<PresentIcon />}
        shortcut={shortcutText(BOARD_KEYS.present)}
        onSelect={actions.present}
      >
        {t("Present")}
      </MainMenu.Item>
      <MainMenu.Item
        icon={<OutlineIcon />}
        shortcut={shortcutText(BOARD_KEYS.outline)}
        onSelect={actions.showOutline}
      >
        {t("Outline")}
      </MainMenu.Item>
      <MainMenu.Item
        icon={<LibraryIcon />}
        shortcut={shortcutText(BOARD_KEYS.library)}
        onSelect={actions.showLibrary}
      >
        {t("Library")}
      </MainMenu.Item>
      <MainMenu.Item
        icon={<WorkshopIcon />}
        shortcut={shortcutText(BOARD_KEYS.workshop)}
        onSelect={actions.workshop}
      >
        {t("Workshop")}
      </MainMenu.Item>
      {hasVersions && (
        <MainMenu.Item icon={<HistoryIcon />} onSelect={actions.showVersions}>
          {t("Version history")}
        </MainMenu.Item>
      )}
      {canManage && (
        <MainMenu.Item icon={<ActivityIcon />} onSelect={actions.showActivity}>
          {t("Activity")}
        </MainMenu.Item>
      )}
      <MainMenu.Separator />
      <BoardItems
        config={config}
        title={title}
        canManage={canManage}
        onRename={actions.rename}
        onProblem={onProblem}
      />
      {canEdit && (
        <MainMenu.Item icon={<AddFileIcon />} onSelect={onAddFiles}>
          {t("Add files")}
        </MainMenu.Item>
      )}
      <MainMenu.DefaultItems.SaveAsImage />
      <MainMenu.Item icon={<FileIcon />} onSelect={actions.saveFile}>
        {t("Save as a file")}
      </MainMenu.Item>
      <MainMenu.Item
        icon={<PrintIcon />}
        shortcut={shortcutText(BOARD_KEYS.print)}
        onSelect={actions.print}
      >
        {t("Print or save as PDF")}
      </MainMenu.Item>
      {canEdit && (
        <MainMenu.Item icon={<DiagramIcon />} onSelect={actions.insertMermaid}>
          {t("Insert a Mermaid diagram")}
        </MainMenu.Item>
      )}
      <MainMenu.DefaultItems.SearchMenu />
      <MainMenu.Item
        icon={<HelpIcon />}
        shortcut={shortcutText(BOARD_KEYS.help)}
        onSelect={actions.showHelp}
      >
        {t("Keys and help")}
      </MainMenu.Item>
      <MainMenu.Separator />
      <MainMenu.DefaultItems.ToggleTheme allowSystemTheme theme={theme} onSelect={chooseTheme} />
      <LanguageItems config={config} />
      {canEdit && <MainMenu.DefaultItems.ChangeCanvasBackground />}
      <AccountItems config={config} />
    </MainMenu>
  );
});
