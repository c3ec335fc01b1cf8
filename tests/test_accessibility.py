"""No page has a serious accessibility problem that axe-core can find, light or dark."""

from functools import cache
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import ROOT, Server
from tests.states import STATES
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
OF_COLOURS = ["color-contrast", "link-in-text-block"]
SERIOUS = ("serious", "critical")
MET_MOST_OFTEN = {
    *("sign-in", "list", "list-menu", "list-search-dialog", "share-dialog", "account"),
    *("notifications-bell", "public-board", "board", "board-menu", "board-comment"),
    *("board-library", "board-notes", "board-conflict-panel"),
}
"""Pages, dialogs and panels, one of each sort, for `make test`; with ALL=1 all others as well."""
# The drawing itself is pixels, which no page can describe; everything around it counts.
EXCLUDED = [".excalidraw canvas"]
_RUN = """async ([exclude, rules]) => {
  // The colours of another scheme come with the next frame, and some in a transition; what opens
  // may still be coming into view.
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
    .map((one) => one.finished.catch(() => undefined)));
  const { violations } = await axe.run({ exclude: exclude.map((one) => [one]) }, {
    resultTypes: ["violations"],
    ...(rules && { runOnly: { type: "rule", values: rules } }),
  });
  return violations.map(({ id, impact, nodes }) =>
    ({ id, impact, nodes: nodes.map(({ html, failureSummary }) => html + failureSummary) }));
}"""


@cache
def axe_source() -> str:
    return (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text()


def problems(page: Page, scheme: Literal["light", "dark"] = "light") -> list[str]:
    """The problems that axe finds on the page. Dark, only colours are others."""
    page.emulate_media(color_scheme=scheme)
    if page.evaluate("() => window.axe === undefined"):
        # Not as a script element, which our content security policy would refuse.
        page.evaluate(axe_source())
    found = page.evaluate(_RUN, [EXCLUDED, None if scheme == "light" else OF_COLOURS])
    page.emulate_media(color_scheme="light")
    return [
        f"{one['impact']} {one['id']}: {node}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def test_axe_finds_what_is_wrong(server: Server, open_page: OpenPage) -> None:
    page = open_page(server).page
    page.goto(f"{server.url}/login")
    assert problems(page) == []
    page.evaluate("() => document.querySelector('#id_username').previousElementSibling.remove()")
    assert any("label" in problem for problem in problems(page))
    dark = "@media (prefers-color-scheme: dark)"
    page.add_style_tag(content=f"{dark} {{ label {{ color: #222 !important }} }}")
    assert not any("color" in problem for problem in problems(page))
    assert any("color-contrast" in problem for problem in problems(page, "dark"))


@pytest.mark.parametrize("part", ["met most often", "all others"])
def test_every_state_in_light_and_dark(own_server: Server, open_page: OpenPage, part: str) -> None:
    assert {state.name for state in STATES} >= MET_MOST_OFTEN
    world = make_world(own_server)
    pages: dict[str | None, BoardPage] = {}
    found = []
    for state in STATES:
        if (state.name in MET_MOST_OFTEN) != (part == "met most often"):
            continue
        person = pages.get(state.who)
        if person is None:
            person = pages[state.who] = open_page(own_server)
            person.expected += ["status of 404", "status of 401"]
            if state.who:
                person.sign_in(state.who)
        state.reach(person, world)
        for scheme in SCHEMES:
            told = problems(person.page, scheme)
            found += [f"{state.name} {scheme}: {problem}" for problem in told]
    assert found == [], "\n\n".join(found)
