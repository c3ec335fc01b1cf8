"""Small secrets in rows: who gets a copy of the database alone can't use them."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from accounts.sealing import SealError, seal, unseal


def test_it_is_opened_for_its_purpose_alone() -> None:
    sealed = seal("whsec_abc", "webhook secret")
    assert "whsec" not in sealed
    assert unseal(sealed, "webhook secret") == "whsec_abc"
    with pytest.raises(SealError):
        unseal(sealed, "webhook address")


def test_after_a_change_of_the_key_the_old_one_still_opens(settings: Settings) -> None:
    sealed, old = seal("x", "id token"), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [old]
    assert unseal(sealed, "id token") == "x"
    new = seal("y", "id token")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(new, "id token") == "y"
    with pytest.raises(SealError):
        unseal(sealed, "id token")


@pytest.mark.parametrize("text", ["", "x", "gAAAAA", "é"])
def test_what_was_changed_is_not_opened(text: str) -> None:
    sealed = seal("x", "id token")
    for changed in (text, sealed[: len(sealed) // 2] + text):
        with pytest.raises(SealError):
            unseal(changed, "id token")
