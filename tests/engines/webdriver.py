"""A window that understands the commands of W3C WebDriver, however they get there."""

from abc import abstractmethod
from typing import Any

from tests.engines.window import Point, Window
from tests.patience import patient
from tests.server import until

_CALL = """const done = arguments[arguments.length - 1]
Promise.resolve(({function})(arguments[0])).then(
  value => done({ value: value ?? null }),
  error => done({ error: String(error?.stack ?? error) }))"""
_KEYS = {
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Alt": "\ue00a",
    "Escape": "\ue00c",
    "ArrowDown": "\ue015",
    "Delete": "\ue017",
}
_STEPS, _STEP_MILLISECONDS = 8, 12
_NOTE_MOUSE = """() => {
  if (window.mouseAt) return
  window.mouseAt = [0, 0]
  addEventListener('pointermove', event => {
    window.mouseAt = [event.clientX, event.clientY]
  }, true)
}"""
_MOUSE_DRAWN = """async () => {
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame)
  return window.mouseAt
}"""
_NOTE_DOUBLE_CLICKS = """() => {
  if (window.doubleClicks === undefined) {
    addEventListener('dblclick', () => { window.doubleClicks += 1 }, true)
  }
  window.doubleClicks = 0
}"""
_DOUBLE_CLICKS_DRAWN = """async () => {
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame)
  return window.doubleClicks
}"""


class WebDriverWindow(Window):
    """Actions and scripts in the words of the standard."""

    @abstractmethod
    def command(self, name: str, **parameters: object) -> Any:
        """Sends a command, named as the end of its address in the standard."""

    @abstractmethod
    def ask(self, name: str) -> Any:
        """Asks for something, named in the same way."""

    def begin(self) -> None:
        """For how long a script may take."""
        self.command("timeouts", script=int(1000 * patient(30)), pageLoad=int(1000 * patient(30)))

    def go(self, address: str) -> None:
        self.command("url", url=address)

    def address(self) -> str:
        return str(self.ask("url"))

    def run(self, function: str, argument: object = None) -> Any:
        script = _CALL.replace("{function}", function)
        answer = self.command("execute/async", script=script, args=[argument])
        if "error" in answer:
            raise AssertionError(f"{self.engine}: {answer['error']}")
        return answer["value"]

    def click(self, point: Point) -> None:
        self._point([_move(point), *_CLICK])

    def double_click(self, point: Point) -> None:
        # On a busy machine the second click comes late, and is one of its own.
        self.run(_NOTE_DOUBLE_CLICKS)
        until(lambda: self._is_double(point), bool)

    def _is_double(self, point: Point) -> bool:
        self._point([_move(point), *_CLICK, *_CLICK])
        return bool(self.run(_DOUBLE_CLICKS_DRAWN))

    def hover(self, point: Point) -> None:
        x, y = point
        self._move_to((x - 1, y), point)

    def drag(self, start: Point, end: Point) -> None:
        (left, top), (right, bottom) = start, end
        parts = [step / _STEPS for step in range(1, _STEPS + 1)]
        way = [(left + (right - left) * part, top + (bottom - top) * part) for part in parts]
        moves = [_move(point, _STEP_MILLISECONDS) for point in way]
        self._point([_move(start), _button("Down"), *moves])
        self._move_to(*way[-2:])
        self._point([_button("Up")])

    def _move_to(self, *points: Point) -> None:
        """Moves until the page has seen the mouse at the last of the points."""
        # The editor takes the first place of a frame, and on a busy machine WebKit's driver leaves
        # moves out.
        self.run(_NOTE_MOUSE)
        moves = [_move(point, _STEP_MILLISECONDS) for point in points]
        goal = [moves[-1]["x"], moves[-1]["y"]]
        until(lambda: [self._mouse_after(move) for move in moves][-1], lambda at: at == goal)

    def _mouse_after(self, move: dict[str, object]) -> list[float]:
        """Moves; returns where the page saw the mouse last, once the editor has drawn that."""
        self._point([move])
        place: list[float] = self.run(_MOUSE_DRAWN)
        return place

    def press(self, *keys: str) -> None:
        values = [_KEYS.get(key, key) for key in keys]
        down = [{"type": "keyDown", "value": value} for value in values]
        up = [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._act({"type": "key", "id": "keys", "actions": [*down, *up]})

    def type(self, text: str) -> None:
        kinds = ("keyDown", "keyUp")
        actions = [{"type": kind, "value": letter} for letter in text for kind in kinds]
        self._act({"type": "key", "id": "keys", "actions": actions})

    def scroll(self, point: Point, across: float, down: float) -> None:
        x, y = point
        turned = {"type": "scroll", "x": x, "y": y, "deltaX": across, "deltaY": down, "duration": 0}
        self._act({"type": "wheel", "id": "wheel", "actions": [{**turned, "origin": "viewport"}]})

    def _point(self, actions: list[dict[str, object]]) -> None:
        kind = {"pointerType": "mouse"}
        self._act({"type": "pointer", "id": "mouse", "parameters": kind, "actions": actions})

    def _act(self, source: dict[str, object]) -> None:
        self.command("actions", actions=[source])


def _move(point: Point, milliseconds: int = 0) -> dict[str, object]:
    x, y = (round(value) for value in point)
    where = {"x": x, "y": y, "origin": "viewport"}
    return {"type": "pointerMove", "duration": milliseconds, **where}


def _button(direction: str) -> dict[str, object]:
    return {"type": f"pointer{direction}", "button": 0}


_CLICK = (_button("Down"), _button("Up"))
