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
      <PageLink href={accountUrl}>{t("Account")}</PageLink>
      {notificationsUrl && <PageLink href={notificationsUrl}>{t("Notifications")}</PageLink>}
      {adminUrl && <PageLink href={adminUrl}>{t("Admin")}</PageLink>}
      <MainMenu.Item onSelect={() => void signOut(formTo(signOutUrl, csrfToken(config)))}>
        {t("Sign out")}
      </MainMenu.Item>
    </MainMenu.Group>
  );
}

/** A link that leaves the board, as on the other pages; the editor's own ones open a new tab. */
function PageLink({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <a href={href} className="dropdown-menu-item dropdown-menu-item-base">
      <div className="dropdown-menu-item__text">{children}</div>
    </a>
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
