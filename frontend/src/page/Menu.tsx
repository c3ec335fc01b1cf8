/** The board's own main menu. */
import { MainMenu } from "@excalidraw/excalidraw";
import { memo } from "react";
import { t } from "../i18n";
import { chooseTheme, type ThemeChoice } from "../theme";
import { BackIcon } from "./icons";

interface MenuProps {
  readonly homeUrl: string | null;
  readonly canEdit: boolean;
  readonly theme: ThemeChoice;
}

export const Menu = memo(function Menu({ homeUrl, canEdit, theme }: MenuProps) {
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
      {canEdit && <MainMenu.DefaultItems.ChangeCanvasBackground />}
    </MainMenu>
  );
});
