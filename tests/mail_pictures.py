"""Pictures of the mails as they arrive: `python -m tests.mail_pictures FOLDER`.

A server sends them to a real SMTP server; their HTML is shown by Chromium, as mail programs do it:
light and dark, wide and narrow.
"""

import sys
import tempfile
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.mail_server import MailServer, body_of, running_mail_server
from tests.page import BoardPage
from tests.server import Server, until

VARIANTS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 720, "height": 400}},
    "dark": {"viewport": {"width": 720, "height": 400}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 400}},
}
_ADDRESSES = """
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from accounts.models import Profile
for user in User.objects.all():
    user.email = f"{user.username}@example.org"
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
charlie = User.objects.get(username="charlie")
Profile.objects.update_or_create(user=charlie, defaults={"language": "de"})
"""


def take_mails(folder: Path) -> None:
    """Writes each mail in each variant."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        arrived, port = stack.enter_context(running_mail_server())
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS
        )
        stack.callback(browser.close)
        mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port), "CANVAS_MAIL_WAIT_SECONDS": "2"}
        server = Server(
            data, static_root=data / "static", CANVAS_ADDRESS="https://canvas.example.org", **mail
        )
        server.manage("collectstatic", "--noinput", "--verbosity", "0")
        server.start()
        stack.callback(server.stop)
        for name, one in _sent(server, browser, arrived).items():
            for variant, options in VARIANTS.items():
                _take(browser, one, options, folder / f"{name}-{variant}.png")


def _sent(server: Server, browser: Browser, arrived: MailServer) -> dict[str, EmailMessage]:
    """Does what mails are sent about; returns one of each kind."""
    server.manage("shell", "-c", _ADDRESSES)
    alice, bob = server.token("alice"), server.token("bob")

    def post(path: str, body: Any, token: str = alice) -> Any:
        status, answer = server.call("POST", path, body, token)
        assert status < 300, (path, status, answer)
        return answer

    board = post("boards", {"title": "Product launch", "template": "mind_map"})["id"]
    for person in ("bob", "charlie"):
        post(f"boards/{board}/permissions", {"user": person, "level": "comment"})
    for body in ("Is the date fixed, @bob?", "@bob @charlie, please look at the colours."):
        post(f"boards/{board}/comments", {"anchor": {"x": 200, "y": -120}, "body": body})
    post(f"boards/{board}/access-requests", {"level": "edit", "message": "I draw the plan."}, bob)
    post(f"boards/{board}/invitations", {"email": "kim@example.org", "level": "edit"})
    page = BoardPage(browser, server)
    page.page.goto(f"{server.url}/account/password/reset")
    page.page.get_by_label("Email").fill("bob@example.org")
    page.page.get_by_role("main").get_by_role("button").first.click()
    page.page.wait_for_load_state("networkidle")
    page.context.close()
    wanted = {
        "mail-notifications": ("bob@", "Product launch"),
        "mail-german": ("charlie@", "Product launch"),
        "mail-request": ("alice@", "Product launch"),
        "mail-invitation": ("kim@", ""),
        "mail-reset": ("bob@", "password"),
    }

    def found() -> dict[str, EmailMessage]:
        return {
            name: one
            for name, (to, about) in wanted.items()
            for one in arrived.mails
            if to in str(one["To"]) and about in body_of(one)
        }

    result = until(found, lambda mails: len(mails) == len(wanted), 60)
    assert isinstance(result, dict)
    return result


def _take(browser: Browser, mail: EmailMessage, options: dict[str, Any], path: Path) -> None:
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_content(body_of(mail, "html"))
    page.screenshot(path=path, full_page=True)
    context.close()


if __name__ == "__main__":
    take_mails(Path(sys.argv[1]))
