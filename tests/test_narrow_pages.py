"""On a small phone nothing is cut off, also in German, whose words are longer."""

import pytest

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server
from tests.states import STATES
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SMALL = {"viewport": {"width": 360, "height": 740}, "locale": "de-DE"}
LOOKED_AT = (
    *("sign-in", "list", "space", "space-members", "share-dialog", "account", "security"),
    *("token-new", "list-menu", "list-rows", "list-chosen", "language-menu", "activity"),
    *("notifications", "notifications-bell", "tokens", "webhooks", "list-search"),
)
_CUT_OFF = """() => {
  const isSeen = (one) => one.checkVisibility() && one.offsetWidth > 0;
  const needed = (select) => {
    const alone = select.cloneNode();
    alone.append(select.selectedOptions[0].cloneNode(true));
    Object.assign(alone.style, { position: "absolute", width: "auto", flex: "none" });
    select.after(alone);
    const width = alone.offsetWidth;
    alone.remove();
    return width;
  };
  const selects = [...document.querySelectorAll("select")].filter(isSeen)
    .filter((one) => one.offsetWidth < needed(one));
  const fields = [...document.querySelectorAll("input:is([type=search], [type=text])")]
    .filter(isSeen).filter((one) => one.offsetWidth < 120);
  const outside = [...document.querySelectorAll(".menu[open] .menu-items, dialog[open]")]
    .filter((one) => {
      const place = one.getBoundingClientRect();
      return place.left < 0 || place.right > innerWidth;
    }).map((one) => one.className);
  const titles = [...document.querySelectorAll(".board-card-title")].filter(isSeen)
    .filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth)
    .map((one) => one.textContent);
  const wide = document.scrollingElement.scrollWidth > innerWidth ? ["the page"] : [];
  return [...selects, ...fields].map((one) => `${one.id} ${one.offsetWidth}`)
    .concat(outside, titles, wide);
}"""
_AWAY_FROM_THEIR_PICTURE = """() => [...document.querySelectorAll(".avatar + .share-name")]
  .filter((name) => name.checkVisibility())
  .filter((name) => {
    const mine = name.getBoundingClientRect();
    const picture = name.previousElementSibling.getBoundingClientRect();
    return mine.left < picture.right || mine.top > picture.bottom;
  }).map((name) => `${name.textContent} is not beside the picture`)"""


def test_nothing_is_cut_off_on_a_small_phone(own_server: Server, open_page: OpenPage) -> None:
    world = make_world(own_server)
    people: dict[str | None, BoardPage] = {}
    found = {}
    for state in STATES:
        if state.name not in LOOKED_AT:
            continue
        person = people.get(state.who)
        if person is None:
            person = people[state.who] = open_page(own_server, **SMALL)
            if state.who:
                person.sign_in(state.who)
        state.reach(person, world)
        page = person.page
        found[state.name] = page.evaluate(_CUT_OFF) + page.evaluate(_AWAY_FROM_THEIR_PICTURE)
    assert set(found) == set(LOOKED_AT)
    assert {name: problems for name, problems in found.items() if problems} == {}
