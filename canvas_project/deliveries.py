"""Sends the mail that is due, beside the server."""

import logging
import threading

from django.db import DatabaseError, connection

from accounts.mail import is_mail_configured
from accounts.notifications.due_mail import send_due_mail

logger = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
LONGEST_LOOK_SECONDS = 300.0


class Deliveries(threading.Thread):
    """Looks regularly what is due. Every server process does this; the rows make sure that each
    mail is sent by one of them.
    """

    def __init__(self, look: float = LOOK_SECONDS) -> None:
        super().__init__(name="canvas-deliveries", daemon=True)
        self._look = look
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Runs until `stop`; less often while the mail server does not answer."""
        if not is_mail_configured():
            return
        pause = self._look
        while not self._stop_asked.wait(pause):
            try:
                is_down = send_due_mail().is_server_down
                pause = min(2 * pause, LONGEST_LOOK_SECONDS) if is_down else self._look
            except DatabaseError:
                logger.exception("storage: cannot read which mail is due; trying again")
            except Exception:  # the thread must go on whatever happens
                logger.exception("mail: something failed; trying again")
            finally:
                connection.close()

    def stop(self) -> None:
        """Stops. A mail that is being sent is finished, or sent again later."""
        self._stop_asked.set()
        if self.is_alive():
            self.join(timeout=2)
