"""Why a socket is closed: 4400-4499 tell a stock provider to stay away, 4500-4599 to return."""

import enum


class CloseCode(enum.IntEnum):
    """The application's close codes (RFC 6455, 7.4.2: private use)."""

    NOT_AUTHENTICATED = 4001
    NO_PERMISSION = 4003
    MALFORMED = 4400
    BOARD_GONE = 4404
    GAP = 4409
    TOO_BIG = 4413
    RESTARTING = 4500
    STORAGE_UNAVAILABLE = 4503
    TOO_MANY = 4529
