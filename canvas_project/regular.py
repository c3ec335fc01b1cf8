"""A thread beside the server that looks regularly for something to do."""

import logging
import threading
from typing import ClassVar

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)


class RegularThread(threading.Thread):
    """Calls `look` after each pause until it is stopped. Whatever fails is logged, and tried again.

    Every server process runs one; rows in the database make sure that each piece of work is done by
    one of them.
    """

    subject: ClassVar[str]
    """What it looks after, as logs name it."""
    stop_seconds: ClassVar[float]
    """How long `stop` waits for what is being done."""

    def __init__(self, first_pause: float, pause: float) -> None:
        super().__init__(name=f"canvas-{self.subject.replace(' ', '-')}", daemon=True)
        self._first_pause, self._pause = first_pause, pause
        self._stop_asked = threading.Event()

    def look(self) -> None:
        """Does what is due. May change `_pause`, the seconds until the next look."""
        raise NotImplementedError

    def run(self) -> None:
        """Runs until `stop`."""
        pause = self._first_pause
        while not self._stop_asked.wait(pause):
            try:
                self.look()
            except DatabaseError:
                logger.exception(
                    "storage: cannot read which %s are due; trying again", self.subject
                )
            except Exception:  # the thread must go on whatever happens
                logger.exception("%s: something failed; trying again", self.subject)
            finally:
                connection.close()
            pause = self._pause

    def stop(self) -> None:
        """Stops; what was not finished is done next time."""
        self._stop_asked.set()
        if self.is_alive():
            self.join(timeout=self.stop_seconds)
