"""A server with boards, people and links on it: what there is to look at in `tests/states.py`."""

from dataclasses import dataclass
from typing import Any

from tests.server import Server

LINK_PASSWORD = "sesame street"


@dataclass(frozen=True)
class World:
    """A server with boards on it, made once."""

    server: Server
    board: str
    """Alice's; bob may edit, charlie asks for access, and there are links of each kind."""
    view_board: str
    """Alice's; charlie may look."""
    sketch: str
    """Alice's, empty; bob may edit."""
    password_link: str
    space: str
    """Alice's, with boards and folders; bob may edit."""
    empty: str
    """A space of alice's without boards."""


_PICTURE_OF_BOB = """
import io
from django.contrib.auth.models import User
from PIL import Image, ImageDraw
from accounts.account_page.pictures import picture_set
from audit.actor import SYSTEM
face = Image.new("RGB", (400, 400), "#f2c14e")
draw = ImageDraw.Draw(face)
draw.ellipse((60, 20, 340, 330), fill="#5b3a29")
draw.ellipse((110, 80, 290, 300), fill="#e0ac86")
draw.ellipse((30, 310, 370, 640), fill="#2a6f97")
file = io.BytesIO()
face.save(file, "PNG")
file.seek(0)
picture_set(User.objects.get(username="bob"), file, by=SYSTEM)
"""


def make_world(server: Server) -> World:
    """Boards, people and links for all states; on the demo's server."""
    token = server.token("alice")
    server.manage("shell", "-c", _PICTURE_OF_BOB)

    def post(path: str, body: Any, who: str = token) -> Any:
        status, answer = server.call("POST", path, body, who)
        assert status < 300, (path, answer)
        return answer

    for title, template in (("Sprint 12", "kanban"), ("Sprint 12 retro", "retrospective")):
        post("boards", {"title": title, "template": template})
    board = post("boards", {"title": "Product launch", "template": "mind_map"})["id"]
    post(f"boards/{board}/permissions", {"user": "bob", "level": "edit"})
    post(f"boards/{board}/permissions", {"user": None, "level": "edit"})
    post(f"boards/{board}/links", {"level": "view", "label": "For the printer"})
    link = post(
        f"boards/{board}/links", {"level": "edit", "label": "Agency", "password": LINK_PASSWORD}
    )
    asking = {"level": "edit", "message": "I am in the launch team."}
    post(f"boards/{board}/access-requests", asking, server.token("charlie"))
    view_board = post("boards", {"title": "Order of approval", "template": "flow_chart"})["id"]
    post(f"boards/{view_board}/permissions", {"user": "charlie", "level": "view"})
    trashed = post("boards", {"title": "Old ideas"})["id"]
    assert server.call("DELETE", f"boards/{trashed}", None, token)[0] == 204
    sketch = post("boards", {"title": "Sketch"})["id"]
    post(f"boards/{sketch}/permissions", {"user": "bob", "level": "edit"})
    anchor = {"anchor": {"x": 200, "y": -120}, "body": "Is the date fixed, @bob?"}
    thread = post(f"boards/{board}/comments", anchor)["id"]
    post(
        f"boards/{board}/comments/{thread}/replies",
        {"body": "Since this morning."},
        server.token("bob"),
    )
    post(f"boards/{board}/versions", {"name": "Before the workshop"})
    space = post("spaces", {"name": "Design team"})["id"]
    empty = post("spaces", {"name": "Empty space"})["id"]
    post(f"spaces/{space}/permissions", {"user": "bob", "level": "edit"})
    post(f"spaces/{space}/permissions", {"user": "charlie", "level": "view"})
    for name in ("Drafts", "Workshops", "Archive"):
        post(f"spaces/{space}/folders", {"name": name})
    for title in ("Brand colours", "Customer journey"):
        post("boards", {"title": title, "space": space})
    return World(server, board, view_board, sketch, link["url"], space, empty)
