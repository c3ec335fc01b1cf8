/** The board's own main menu. */
import { MainMenu } from "@excalidraw/excalidraw";
import { memo } from "react";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { chooseTheme, type ThemeChoice } from "../theme";
import { BackIcon } from "./icons";
import { LanguageItems } from "./LanguageItems";

interface MenuProps {
  readonly config: BoardConfig;
  readonly canEdit: boolean;
  readonly theme: ThemeChoice;
}

export const Menu = memo(function Menu({ config, canEdit, theme }: MenuProps) {
  const { homeUrl } = config;
  return (
    <MainMenu>
      {homeUrl && (
        <MainMenu.ItemLink href={homeUrl} target="_self" icon={<BackIcon />}>
          {t("All boards")}
        </MainMenu.ItemLink>
      )}
      {homeUrl && <MainMenu.Separator />}
      <MainMenu.DefaultItems.SaveAsImage />
      <MainMenu.DefaultItems.SearchMenu />
      <MainMenu.DefaultItems.Help />
      <MainMenu.Separator />
      <MainMenu.DefaultItems.ToggleTheme allowSystemTheme theme={theme} onSelect={chooseTheme} />
      <LanguageItems config={config} />
      {canEdit && <MainMenu.DefaultItems.ChangeCanvasBackground />}
    </MainMenu>
  );
});
