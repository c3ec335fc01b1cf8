/** The person who is signed in, in the board's main menu: what the menu of the other pages has. */
import { MainMenu } from "@excalidraw/excalidraw";
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { csrfToken } from "../language";
import { signOut } from "../signOut";

export function AccountItems({ config }: { readonly config: BoardConfig }) {
  const { accountUrl, notificationsUrl, adminUrl, signOutUrl } = config;
  if (!accountUrl || !signOutUrl) return null;
  return (
    <MainMenu.Group title={config.user.name}>
      <MainMenu.ItemLink href={accountUrl} target="_self">
        {t("Account")}
      </MainMenu.ItemLink>
      {notificationsUrl && (
        <MainMenu.ItemLink href={notificationsUrl} target="_self">
          {t("Notifications")}
        </MainMenu.ItemLink>
      )}
      {adminUrl && (
        <MainMenu.ItemLink href={adminUrl} target="_self">
          {t("Admin")}
        </MainMenu.ItemLink>
      )}
      <MainMenu.Item onSelect={() => void signOut(formTo(signOutUrl, csrfToken(config)))}>
        {t("Sign out")}
      </MainMenu.Item>
    </MainMenu.Group>
  );
}

/** A form as on the other pages: the answer takes the place of this page. */
function formTo(action: string, token: string): HTMLFormElement {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "csrfmiddlewaretoken";
  field.value = token;
  form.append(field);
  document.body.append(form);
  return form;
}
