"""Sends what is due beside the server: mail, and messages of webhooks. Every server process does
this; the rows make sure that each is sent by one of them.
"""

from accounts.mail import is_mail_configured
from accounts.notifications.due_mail import send_due_mail
from boards.webhooks.deliveries import WebhookSender
from canvas_project.regular import RegularThread

LOOK_SECONDS = 10.0
LONGEST_LOOK_SECONDS = 300.0
WEBHOOK_LOOK_SECONDS = 2.0


class Deliveries(RegularThread):
    """Looks regularly which mail is due; less often while the mail server does not answer. A mail
    that is being sent at the end is finished, or sent again later.
    """

    subject = "mails"
    stop_seconds = 2

    def __init__(self, look: float = LOOK_SECONDS) -> None:
        super().__init__(look, look)
        self._shortest_pause = look

    def run(self) -> None:
        """Runs until `stop`, if there is a mail server."""
        if is_mail_configured():
            super().run()

    def look(self) -> None:
        """Sends what is due."""
        is_down = send_due_mail().is_server_down
        self._pause = (
            min(2 * self._pause, LONGEST_LOOK_SECONDS) if is_down else self._shortest_pause
        )


class WebhookDeliveries(RegularThread):
    """Looks regularly which messages of webhooks are due, and starts sending them. What is being
    sent at the end is sent again later.
    """

    subject = "webhooks"
    stop_seconds = 2

    def __init__(self, look: float = WEBHOOK_LOOK_SECONDS) -> None:
        super().__init__(look, look)
        self._sender = WebhookSender()

    def look(self) -> None:
        """Starts what is due."""
        self._sender.look()
