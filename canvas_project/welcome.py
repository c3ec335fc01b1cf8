"""What the server prints when it is ready."""

from django.conf import settings

from sync.programs.demo_board import DEMO_LOGINS, find_demo_board


def welcome_text(base_url: str, *, has_demo: bool, token: str = "") -> str:
    """How to get in: addresses and, with the demo, the board, its public link and the logins; at
    the first start, the address where the administrator is made.
    """
    lines = ["", f"  The canvas is ready:  {base_url}"]
    if token:
        lines += ["", f"  Make the administrator  {base_url}/setup?token={token}"]
    board = find_demo_board() if has_demo else None
    if board is not None:
        lines += [
            "",
            f"  Demo board            {base_url}/board/{board.pk}",
            f"  Its public link       {base_url}/board/{board.pk}/public",
            f"  Admin                 {base_url}/admin/",
            "",
            f"  Sign in as            {', '.join(DEMO_LOGINS)}",
            f"  Password              {settings.CANVAS_DEMO_PASSWORD}",
        ]
    lines += ["", "  Ctrl-C stops it; nothing that was shown as saved is lost.", "", ""]
    return "\n".join(lines)
