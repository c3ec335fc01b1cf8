"""Why a socket is closed: stock providers stay away after 4400-4499, and reconnect after
4500-4599.
"""

import enum

from sync.wire.frames import PROTOCOL

_CODES: dict[str, int] = {name: entry["code"] for name, entry in PROTOCOL["closeCodes"].items()}


class CloseCode(enum.IntEnum):
    """The application's close codes (RFC 6455, 7.4.2: private use), as `protocol.json` has them."""

    NOT_AUTHENTICATED = _CODES["NOT_AUTHENTICATED"]
    NO_PERMISSION = _CODES["NO_PERMISSION"]
    MALFORMED = _CODES["MALFORMED"]
    BOARD_GONE = _CODES["BOARD_GONE"]
    GAP = _CODES["GAP"]
    TOO_BIG = _CODES["TOO_BIG"]
    RESTARTING = _CODES["RESTARTING"]
    STORAGE_UNAVAILABLE = _CODES["STORAGE_UNAVAILABLE"]
    TOO_MANY = _CODES["TOO_MANY"]
