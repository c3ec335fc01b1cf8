/** Signing out takes the copies of boards from this device; before unsaved work goes, it asks. */
import { clearCopies, unsavedWork } from "./copies";

const QUESTION =
  "Some changes are kept on this device only and are not saved yet:\n\n{boards}\n\n" +
  "If you sign out now they are lost. Sign out anyway?";

/** Handles the submission of a sign-out form. */
export async function signOut(form: HTMLFormElement): Promise<void> {
  const boards = unsavedWork();
  if (boards && !window.confirm(QUESTION.replace("{boards}", () => boards))) return;
  await clearCopies();
  // Not requestSubmit, which would come back here.
  form.submit();
}

/** Whether a form signs out. */
export function isSignOut(form: HTMLFormElement): boolean {
  return new URL(form.action, location.href).pathname.replace(/\/$/, "") === "/logout";
}
