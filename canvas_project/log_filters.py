"""What the log says about mistakes of clients."""

import logging

CLIENT_MISTAKES = "django.security."
ANSWERS = "django.request"


class ClientMistakes(logging.Filter):
    """One warning line for what a client did wrong, without where in the code it was noticed.

    Django logs each refused body, host or header as an error with a traceback: anybody could fill
    the log, and hide faults of the server among them. For a handler, since the loggers are many.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True."""
        is_mistake = record.name.startswith(CLIENT_MISTAKES)
        if is_mistake and record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        # An answer below 500 is logged as a warning: a body that is no multipart, say.
        if is_mistake or (record.name == ANSWERS and record.levelno <= logging.WARNING):
            record.exc_info = record.exc_text = None
        return True
