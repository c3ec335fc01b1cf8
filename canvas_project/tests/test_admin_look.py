"""The admin: groups on its index, the product's colours, and the way from a board to its log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from boards.tests.world import World, make_world
from canvas_project.admin import NAMES

TOKENS = Path(settings.BASE_DIR) / "frontend/src/styles/tokens.css"
ADMIN = Path(settings.BASE_DIR) / "canvas_project/static/canvas_project/admin.css"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_the_index_has_groups_and_every_model(world: World) -> None:
    response = world.clients["staff"].get("/admin/")
    groups = response.context["app_list"]
    names = [group["name"] for group in groups]
    assert names == [name for name in NAMES if name in names]
    assert {"People", "Boards", "Sharing", "Audit", "System"} <= set(names)
    shown = sum(len(group["models"]) for group in groups)
    assert shown == len(admin.site._registry)
    by_name = {group["name"]: [one["object_name"] for one in group["models"]] for group in groups}
    assert {"User", "Group"} <= set(by_name["People"])
    assert "Board" in by_name["Boards"]
    assert "ShareLink" in by_name["Sharing"]


def test_one_app_is_listed_as_before(world: World) -> None:
    assert world.clients["staff"].get("/admin/boards/").status_code == 200


def test_a_board_leads_to_who_opened_it(world: World) -> None:
    world.clients["viewer"].get(reverse("board", args=[world.board.pk]))
    staff = world.clients["staff"]
    page = staff.get(reverse("admin:boards_board_change", args=[world.board.pk])).content.decode()
    found = re.search(r'href="([^"]+)">Who opened it', page)
    assert found is not None
    log = staff.get(found[1].replace("&amp;", "&"))
    assert log.status_code == 200
    rows = list(log.context["cl"].result_list)
    assert world.people["viewer"].pk in {row.actor_id for row in rows}
    assert {(row.board_id, row.action) for row in rows} == {(world.board.pk, "room_access")}


def test_the_colours_are_those_of_the_product() -> None:
    ours = dict(re.findall(r"--our-([a-z-]+): ([^;]+);", ADMIN.read_text()))
    tokens = dict(re.findall(r"--([a-z-]+): ([^;]+);", TOKENS.read_text()))
    assert ours
    assert ours == {name: tokens[name] for name in ours}
