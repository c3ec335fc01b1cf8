/** Pictures of people. Their addresses come from the server, and those of presence through many hands. */
import { here } from "./prefix";

const KEY = /^[\w-]{1,32}$/;

/**
 * The address of a picture, as REST and presence have it; empty for anything that is no address of a
 * picture on this site. Pictures are for people who are signed in: for others it is always empty.
 */
export function pictureAddress(value: unknown): string {
  const start = here("/account/picture/");
  const isSignedIn = globalThis.document?.documentElement.dataset.preferences !== undefined;
  if (!isSignedIn || typeof value !== "string" || !value.startsWith(start)) return "";
  return KEY.test(value.slice(start.length)) ? value : "";
}
