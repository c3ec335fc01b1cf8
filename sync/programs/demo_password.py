"""The demo users have a documented password, which is acceptable only on this machine."""

import ipaddress

from django.conf import settings
from django.contrib.auth.models import User

from sync.programs.demo_board import DEMO_LOGINS

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]", "::1", "testserver"})
KNOWN_PASSWORD = "canvas-demo"  # noqa: S105  no secret: that is the point
ADVICE = "Set CANVAS_DEMO_PASSWORD to a password of your own"


def is_password_known() -> bool:
    """Whether the demo password is the documented one."""
    return bool(settings.CANVAS_DEMO_PASSWORD == KNOWN_PASSWORD)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


def is_served_to_others() -> bool:
    """Whether ALLOWED_HOSTS has a name that is not this machine's own."""
    return bool(set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS)


def users_with_known_password() -> list[str]:
    """The demo users who can sign in with it. Takes a tenth of a second or more for each."""
    users = User.objects.filter(username__in=DEMO_LOGINS, is_active=True).order_by("username")
    return [user.get_username() for user in users if user.check_password(KNOWN_PASSWORD)]
