"""How mistakes of clients are logged."""

import logging
import re

CLIENT_MISTAKES = "django.security."
ANSWERS = "django.request"
_SECRET = re.compile(r"(/(?:account/(?:sign-up|email|password/reset)|invitation)/)[^/\s?#'\"]+")
"""Addresses that are keys: the links in mails. `deploy/nginx` has the same list."""


class ClientMistakes(logging.Filter):
    """Reduces a client's mistake to one warning line without traceback.

    Django logs each refused body, host or header as an error with a traceback: anyone could fill
    the log and hide real errors among them. A handler's filter, because there are many loggers.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True."""
        is_mistake = record.name.startswith(CLIENT_MISTAKES)
        if is_mistake and record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        # Responses below 500 are logged as warnings: an invalid multipart body, for example.
        if is_mistake or (record.name == ANSWERS and record.levelno <= logging.WARNING):
            record.exc_info = record.exc_text = None
        return True


class SecretAddresses(logging.Filter):
    """Hides the keys in addresses: someone who reads the log could use them before their owners do.

    A handler's filter, because Django logs the path of what it refuses in several loggers.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True."""
        if isinstance(record.msg, str):
            record.msg = without_keys(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_keys(one) if isinstance(one, str) else one for one in record.args
            )
        return True


def without_keys(text: str) -> str:
    """The text without what makes addresses in it secret."""
    return _SECRET.sub(r"\1...", text)
