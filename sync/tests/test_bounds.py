"""Values that hurt pages: one set of bounds on the socket, in REST and in imports."""

import math
from typing import Any

import pytest
from pycrdt import Map

from sync.document.document import Document, Taken
from sync.drawing.bounds import fault_of_group, fault_of_overwrite, fault_of_root
from sync.drawing.checks import NotAnElementError, checked_element
from sync.drawing.indices import indices_above
from sync.drawing.model import BOUNDS
from sync.drawing.scene import elements_create, elements_of, is_same
from sync.tests.histories import LINE, Author
from sync.wire.frames import MalformedError
from sync.wire.lib0 import NO_LIMITS
from sync.wire.update import parse
from sync.wire.values import fault_of

MOST = BOUNDS["kinds"]["coordinate"]["maximum"]
MOST_POINTS = BOUNDS["properties"]["points"]["maxItems"]


def create(document: Document, elements: list[Any]) -> None:
    def change(roots: dict[str, Any]) -> None:
        elements_create(roots, elements)

    document.edit(change)


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


POISON: dict[str, Any] = {
    "pos": [MOST * 1.1, 0],
    "size": [1e9, 1e9],
    "path": {"points": [[0, 0]] * (MOST_POINTS + 1)},
    "text": {"text": "x" * 60_000, "originalText": "x"},
    "angle": math.inf,
    "opacity": 101,
    "strokeWidth": -1,
    "roughness": 11,
    "fontSize": 1e6,
    "strokeColor": "url(https://evil.example/x)",
    "backgroundColor": "red;background:url(//evil)",
    "groupIds": [f"g{n}" for n in range(50_000)],
    "index": "a" * 2000,
    "customData": {"a": ["x" * 1000] * 70},
    "crop": {"x": 1e300},
    "link": "java\nscript:alert(1)",
    "containerId": "x" * 201,
    "startBinding": {"elementId": "a", "focus": 1e300},
    "bound:": "arrow",
    "somethingNew": deep(30),
    "type": "constructor",
}


def taken(author: Author, document: Document | None = None) -> Taken | None:
    """What the server makes of everything that an author wrote."""
    update = author.doc.get_update()
    return (document or Document()).take(update, parse(update), 1)


@pytest.mark.parametrize("key", POISON)
def test_a_new_value_out_of_bounds_is_refused_by_name(key: str) -> None:
    author = Author()
    author.elements["e"] = Map({"type": "rectangle", "pos": [0, 0], key: POISON[key]})
    with pytest.raises(MalformedError, match=f"^elements/e/{key}"):
        taken(author)


def test_lists_have_a_length_of_their_own() -> None:
    assert fault_of_group("groupIds", ["g"] * 100) is None
    assert "at most 100 items" in str(fault_of_group("groupIds", ["g"] * 101))


def test_keys_have_a_length_and_the_background_is_a_colour() -> None:
    assert fault_of_group("glow", 1) is None
    for key in ("", "k" * 300):
        assert "a key" in str(fault_of_group(key, 1))
    for root in ("meta", "files", "authors", "conflicts"):
        assert fault_of_root(root, "", {}) == "is not a key that may be used"
    assert fault_of_root("meta", "viewBackgroundColor", "#ffffff") is None
    assert fault_of_root("meta", "viewBackgroundColor", [1]) == "has to be a text"


@pytest.mark.parametrize("key", POISON)
def test_every_reason_fits_into_a_close_frame(key: str) -> None:
    author = Author()
    author.elements["é" * 200] = Map({"type": "rectangle", key: POISON[key]})
    with pytest.raises(MalformedError) as caught:
        taken(author)
    assert len(f"Not accepted: {caught.value}.".encode()) <= 123


@pytest.mark.parametrize(
    "value",
    [
        [MOST + 1, 0],
        [0, -1e308],
        [2.0**19 * 2, 0],
        {"points": [[0, 1e7]]},
        {"points": [[0, 0]] * (MOST_POINTS + 1), "width": 1},
        {"text": "x" * 60_000, "originalText": "x"},
        deep(30),
    ],
)
def test_a_value_that_replaces_another_is_held_to_the_bounds_of_its_shape(value: Any) -> None:
    author = Author()
    author.elements["e"] = Map({**LINE, "pos": [1, 1]})
    document = Document()
    assert taken(author, document)
    author.elements["e"]["pos"] = value
    with pytest.raises(MalformedError):
        taken(author, document)


@pytest.mark.parametrize("number", [0, 1, -5, 2**19 - 1, 2**19, -(2**19), 524_287.75, MOST, -MOST])
def test_what_is_within_bounds_is_taken_the_short_way_and_the_long_one(number: float) -> None:
    author = Author()
    author.elements["e"] = Map({"type": "rectangle", "pos": [0, 0]})
    document = Document()
    assert taken(author, document)
    author.elements["e"]["pos"] = [number, 0]
    assert not parse(author.updates[-1]).faults
    assert taken(author, document)


def test_a_drag_is_never_further_than_the_bounds() -> None:
    author = Author()
    author.elements["e"] = Map({"pos": [0, 0]})
    for power in range(20, 1024, 7):
        author.elements["e"]["pos"] = [2.0**power + 0.5 * (power < 50), 0]
        assert parse(author.updates[-1]).faults, power


def test_program_data_may_use_the_names_of_parts_of_elements() -> None:
    for data in ({"points": 5}, {"text": "x", "originalText": "x", "id": 10**12}, [10**12], 10**15):
        assert fault_of_overwrite(data) is None


@pytest.mark.parametrize(
    ("root", "key", "value", "reason"),
    [
        ("elements", "e", {"type": "rectangle"}, "elements/e has to be a map"),
        ("elements", "e", None, "elements/e has to be a map"),
        ("files", "a", "junk", "files/a has to be an object"),
        ("meta", "schema", 99, "meta/schema has to be between 1 and 1"),
        ("authors", "1", "me", "authors/1 has to be an object"),
        ("conflicts", "e/pos", 1, "conflicts/e/pos has to be an object"),
        ("meta", "viewBackgroundColor", "url(//x)", "meta/viewBackgroundColor has characters"),
    ],
)
def test_what_breaks_the_model_is_refused_with_root_key_and_kind(
    root: str, key: str, value: Any, reason: str
) -> None:
    author = Author()
    author.doc.get(root, type=Map)[key] = value
    with pytest.raises(MalformedError, match=f"^{reason}"):
        taken(author)


@pytest.mark.parametrize("element_id", ["", "x" * 201, "constructor", "toString"])
def test_an_element_needs_an_id_that_pages_can_use(element_id: str) -> None:
    author = Author()
    author.elements[element_id] = Map(LINE)
    with pytest.raises(MalformedError, match=r"^elements/"):
        taken(author)


def test_a_plain_value_never_replaces_an_element() -> None:
    author = Author()
    author.elements["e"] = Map(LINE)
    document = Document()
    assert taken(author, document)
    author.elements["e"] = 5
    with pytest.raises(MalformedError, match="elements has to hold maps"):
        taken(author, document)


def test_what_is_stored_already_may_be_repeated() -> None:
    """Documents from before a bound: a client that joins repeats them, and then draws."""
    author = Author()
    author.elements["e"] = Map({"type": "rectangle", "pos": [1e19, 0]})
    update = author.doc.get_update()
    document = Document.load([update])
    author.elements["e"]["pos"] = [5, 5]
    everything = parse(author.doc.get_update())
    assert fault_of(everything.faults, {}) is not None or not everything.faults
    assert document.take(author.doc.get_update(), everything, None)
    assert not parse(update, NO_LIMITS).faults


def test_newer_editors_may_write_what_nobody_here_knows() -> None:
    groups = {
        "type": "hologram",
        "fillStyle": "dots",
        "glow": {"radius": 5, "at": 1.7e12},
        "roundness": {"type": 9, "curve": "soft"},
        "pos": None,
        "text": "a plain text",
    }
    assert {key: fault_of_group(key, value) for key, value in groups.items()} == dict.fromkeys(
        groups
    )
    assert fault_of_root("meta", "theme", {"name": "dark"}) is None


def test_files_of_newer_editors_keep_what_nobody_here_knows() -> None:
    element = {"id": "a", "type": "hologram", "x": 0, "y": 0, "glow": {"radius": 5}}
    assert checked_element(element) == element
    with pytest.raises(NotAnElementError, match="glow"):
        checked_element({**element, "glow": deep(30)})


def test_an_index_at_the_end_of_the_scheme_leaves_room_above() -> None:
    top = "z" * 27
    above = indices_above([top])
    first, second = next(above), next(above)
    assert top < first < second
    document = Document(5)
    document.edit(lambda roots: roots["elements"].update({"top": Map({**LINE, "index": top})}))
    create(document, [{"id": "new", "type": "rectangle"}])
    assert [one["id"] for one in elements_of(document.content())] == ["top", "new"]


def test_a_change_leaves_alone_what_it_is_not_about() -> None:
    """A group stored in an unusual form is not changed along the way."""
    document = Document(5)
    path = {"points": [[0, 0], [9, 9]], "width": 9, "height": 9, "glow": True}
    document.edit(lambda roots: roots["elements"].update({"e": Map({**LINE, "path": path})}))
    create(document, [{"id": "e", "x": 5, "type": "line"}])
    stored = document.content()["elements"]["e"]
    assert (stored["pos"], stored["path"]) == ([5, 0], path)


def test_sameness_is_that_of_javascript() -> None:
    assert is_same([1, {"a": math.nan}], [1.0, {"a": math.nan}])
    assert not is_same(True, 1)
    assert not is_same({"a": 1}, {"a": 1, "b": None})


def test_lengths_are_in_characters_and_sizes_do_not_depend_on_how_a_number_is_written() -> None:
    """As on the page, which would otherwise write what is refused, or hide what is accepted."""
    emoji = "\N{GRINNING FACE}"
    assert fault_of_root("files", emoji * 200, {}) is None
    assert fault_of_root("files", emoji * 201, {}) is not None
    most = BOUNDS["properties"]["customData"]["maxSize"]
    numbers = [1e10] * 20_000
    assert fault_of_group("customData", {"a": numbers, "b": numbers, "c": numbers}) is None
    assert fault_of_group("customData", {"a": emoji * (most - 3)}) is None
    assert fault_of_group("customData", {"a": emoji * (most - 2)}) is not None
    for value in ({"k" * 201: 1}, {"a": {"k" * 201: 1}}):
        assert "has a key of more than" in str(fault_of_group("customData", value))
