/** Close codes of the board's sockets. */
export const CloseCode = {
  NOT_SIGNED_IN: 4001,
  NO_ACCESS: 4003,
  MALFORMED: 4400,
  GONE: 4404,
  TOO_BIG: 4413,
  RESTARTING: 4500,
  STORAGE: 4503,
  TOO_MANY: 4529,
} as const;

/** Whether coming back would get the same answer: 4400–4499 by convention, and the two of access. */
export function isPermanent(code: number): boolean {
  return (
    code === CloseCode.NOT_SIGNED_IN ||
    code === CloseCode.NO_ACCESS ||
    (code >= 4400 && code < 4500)
  );
}

/**
 * Whether the server refuses what is here for whose it is: an id that is somebody else's, a name
 * that is no longer ours, or a history that the board no longer has. The same work under a new id, signed again, is welcome.
 */
export function isNotOurs(code: number, reason: string): boolean {
  if (code !== CloseCode.MALFORMED) return false;
  return /client id belongs to somebody else|signed by somebody else|history of this board was replaced/.test(
    reason,
  );
}

/** First byte of a message: see `docs/protocol.md`. */
export const MESSAGE_SYNC = 0;
export const MESSAGE_AWARENESS = 1;
export const MESSAGE_QUERY_AWARENESS = 3;
/** The committed state vector. */
export const MESSAGE_SAVED = 100;
