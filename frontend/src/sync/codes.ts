/** Message types and close codes; see `docs/protocol.md`. The server reads `sync/wire/protocol.json` too. */
import { closeCodes, foreignReasons, messageTypes } from "../../../sync/wire/protocol.json";

type CloseName = keyof typeof closeCodes;

/** Close codes of the board's sockets. */
export const CloseCode = Object.fromEntries(
  Object.entries(closeCodes).map(([name, { code }]) => [name, code]),
) as Readonly<Record<CloseName, number>>;

const final = new Set(
  Object.values(closeCodes)
    .filter(({ client }) => client === "stays away")
    .map(({ code }) => code),
);

/** Whether reconnecting would get the same answer; by convention true for 4400–4499. */
export function isPermanent(code: number): boolean {
  return final.has(code) || (code >= 4400 && code < 4500);
}

/**
 * Whether the server refuses what is here for whose it is: an id that is somebody else's, a name
 * that is no longer ours, or a history that the board no longer has. The same work under a new id, signed again, is welcome.
 */
export function isNotOurs(code: number, reason: string): boolean {
  if (code !== CloseCode.MALFORMED) return false;
  return Object.values(foreignReasons).some((foreign) => reason.includes(foreign));
}

/** First byte of a message. */
export const MESSAGE_SYNC = messageTypes.SYNC;
export const MESSAGE_AWARENESS = messageTypes.AWARENESS;
export const MESSAGE_QUERY_AWARENESS = messageTypes.QUERY_AWARENESS;
/** The committed state vector. */
export const MESSAGE_SAVED = messageTypes.SAVED;
