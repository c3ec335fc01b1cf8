"""A password is more than a word of this place."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings


@pytest.mark.parametrize(
    "password", ["Canvas2026!", "WHITEBOARD-1", "acme-draws", "Zeppelin!99", "canvascanvas"]
)
def test_a_word_of_this_place_is_no_password(password: str, settings: Settings) -> None:
    settings.CANVAS_ADDRESS = "https://draws.acme.example"
    settings.CANVAS_PASSWORD_WORDS = ["Zeppelin"]
    with pytest.raises(ValidationError, match="beside the name of this product"):
        validate_password(password)


@pytest.mark.parametrize("password", ["canvas of old masters", "zeppel7n!99", "b0ardwalk empire"])
def test_such_a_word_may_be_part_of_one(password: str, settings: Settings) -> None:
    settings.CANVAS_PASSWORD_WORDS = ["Zeppelin"]
    validate_password(password)
