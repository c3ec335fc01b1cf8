"""What is left out of the log."""

import logging


class WithoutTraceback(logging.Filter):
    """Keeps the line and drops where in the code it came from: a client's mistake is no fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True."""
        record.exc_info = record.exc_text = None
        return True
