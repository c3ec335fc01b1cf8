/** Signing out removes the copies of boards from this device, and asks first if work is unsaved. */
import { clearCopies, holderOfPage, unsavedWork } from "./copies";
import { t } from "./i18n";
import { here } from "./prefix";

/** Handles the submission of a sign-out form. */
export async function signOut(form: HTMLFormElement): Promise<void> {
  const person = holderOfPage()?.person ?? "";
  const boards = unsavedWork(person);
  if (boards && !window.confirm(question(boards))) return;
  await clearCopies(person);
  // Not requestSubmit, which would come back here.
  form.submit();
}

function question(boards: string): string {
  return [
    t("Some changes are only on this device and not saved yet:"),
    boards,
    t("If you sign out now, they will be lost. Sign out anyway?"),
  ].join("\n\n");
}

/** Whether a form signs out. */
export function isSignOut(form: HTMLFormElement): boolean {
  return new URL(form.action, location.href).pathname.replace(/\/$/, "") === here("/logout");
}
