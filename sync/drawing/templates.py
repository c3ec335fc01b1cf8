"""The drawings that a new board can start with, in the creator's language."""

import math
from collections.abc import Callable

from django.utils.translation import gettext

from boards.lifecycle.templates import BoardTemplate
from sync.drawing.elements import Element
from sync.drawing.shapes import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE_BLUE,
    PALE_GREEN,
    PALE_RED,
    PALE_TEAL,
    PALE_VIOLET,
    PALE_YELLOW,
    RED,
    VIOLET,
    base,
    connector,
    finished,
    label_of,
    note_at,
    shape_at,
    text_at,
)

COLUMN_WIDTH, COLUMN_HEIGHT, GAP = 300, 560, 40
NOTE_WIDTH, NOTE_HEIGHT = 260, 110
TOP = 120


def template_elements(template: BoardTemplate) -> list[Element]:
    """Complete elements, back to front. Their ids are the same every time."""
    return finished(_DRAWINGS[template]())


def _retrospective() -> list[Element]:
    return [
        *_heading(gettext("Retrospective"), gettext("Five minutes to write, then we talk.")),
        *_column(0, gettext("What went well"), PALE_GREEN, [gettext("Write here"), ""]),
        *_column(1, gettext("What could be better"), PALE_RED, [gettext("Write here"), ""]),
        *_column(2, gettext("What we try next"), PALE_BLUE, [gettext("Who does what until when")]),
    ]


def _kanban() -> list[Element]:
    tasks = [gettext("A first task"), gettext("A second task")]
    return [
        *_heading(gettext("Kanban"), gettext("Pull a card to the right when it moves on.")),
        *_column(0, gettext("To do"), PALE_YELLOW, tasks),
        *_column(1, gettext("In progress"), PALE_YELLOW, [gettext("Not more than three")]),
        *_column(2, gettext("Done"), PALE_YELLOW, []),
    ]


def _mind_map() -> list[Element]:
    center = shape_at("center", "ellipse", (-130, -60, 260, 120), VIOLET, PALE_VIOLET)
    branches = (
        (gettext("What"), BLUE, PALE_BLUE),
        (gettext("Who"), GREEN, PALE_GREEN),
        (gettext("When"), ORANGE, PALE_YELLOW),
        (gettext("Where"), RED, PALE_RED),
        (gettext("Why"), VIOLET, PALE_VIOLET),
        (gettext("How"), GREEN, PALE_TEAL),
    )
    elements = [center, label_of(center, gettext("The idea"), size=28)]
    for number, (text, stroke, fill) in enumerate(branches):
        turn = math.tau * number / len(branches) - math.pi / 2
        x, y = 380 * math.cos(turn), 230 * math.sin(turn)
        box = (round(x - 90), round(y - 40), 180, 80)
        branch = shape_at(f"branch-{number}", "rectangle", box, stroke, fill)
        line = connector(f"line-{number}", center, branch, head=None, stroke=stroke)
        elements += [line, branch, label_of(branch, text)]
    return elements


def _flow_chart() -> list[Element]:
    begin = shape_at("begin", "ellipse", (0, 0, 200, 80), GREEN, PALE_GREEN)
    step = shape_at("step", "rectangle", (0, 150, 200, 90), BLUE, PALE_BLUE)
    question = shape_at("question", "diamond", (-30, 310, 260, 150), ORANGE, PALE_YELLOW)
    again = shape_at("again", "rectangle", (340, 340, 200, 90), RED, PALE_RED)
    end = shape_at("end", "ellipse", (0, 540, 200, 80), GREEN, PALE_GREEN)
    yes, no = connector("yes", question, end), connector("no", question, again)
    return [
        *(begin, label_of(begin, gettext("Start"))),
        *(step, label_of(step, gettext("Do something"))),
        *(question, label_of(question, gettext("All right?"))),
        *(again, label_of(again, gettext("Mend it"))),
        *(end, label_of(end, gettext("End"))),
        connector("begin-step", begin, step),
        connector("step-question", step, question),
        *(yes, label_of(yes, gettext("yes"), size=16)),
        *(no, label_of(no, gettext("no"), size=16)),
        connector("again-step", again, step),
    ]


def _heading(title: str, hint: str) -> list[Element]:
    return [
        text_at("title", 0, 0, title, size=44),
        text_at("hint", 0, 64, hint, size=20, color=GREY),
    ]


def _column(place: int, name: str, fill: str, notes: list[str]) -> list[Element]:
    """A frame with a heading in it and notes below."""
    x = place * (COLUMN_WIDTH + GAP)
    box = (x, TOP, COLUMN_WIDTH, COLUMN_HEIGHT)
    frame = base(f"column-{place}", "frame", box, stroke="#bbbbbb", roughness=0)
    frame |= {"name": name}
    inside = [text_at(f"heading-{place}", x + 20, TOP + 20, name, size=24)]
    for row, text in enumerate(notes):
        y = TOP + 75 + row * (NOTE_HEIGHT + 20)
        note = note_at(f"note-{place}-{row}", (x + 20, y, NOTE_WIDTH, NOTE_HEIGHT), fill)
        inside += [note, *([label_of(note, text)] if text else [])]
    for element in inside:
        element["frameId"] = frame["id"]
    return [*inside, frame]


_DRAWINGS: dict[BoardTemplate, Callable[[], list[Element]]] = {
    BoardTemplate.RETROSPECTIVE: _retrospective,
    BoardTemplate.KANBAN: _kanban,
    BoardTemplate.MIND_MAP: _mind_map,
    BoardTemplate.FLOW_CHART: _flow_chart,
}
