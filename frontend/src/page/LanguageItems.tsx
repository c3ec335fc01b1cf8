/** The languages of the pages, in the board's main menu. */
import { MainMenu } from "@excalidraw/excalidraw";
import type { BoardConfig } from "../config";
import { language, t } from "../i18n";
import { chooseLanguage } from "../language";

export function LanguageItems({ config }: { readonly config: BoardConfig }) {
  const choose = (code: string) => {
    chooseLanguage(config, code).catch(() => {
      const message = t("You need a connection to change the language.");
      window.canvasBoard?.api.setToast({ message, closable: true });
    });
  };
  return (
    <MainMenu.Group title={t("Language")}>
      {config.languages.map(([code, name]) => (
        <MainMenu.Item
          key={code}
          selected={code === language()}
          onSelect={() => code !== language() && choose(code)}
        >
          <span lang={code}>{name}</span>
        </MainMenu.Item>
      ))}
    </MainMenu.Group>
  );
}
