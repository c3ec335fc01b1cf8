"""How mistakes of clients are logged."""

import logging

CLIENT_MISTAKES = "django.security."
ANSWERS = "django.request"


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
