"""How the passwords of an installation are hashed."""

from django.conf import global_settings

from canvas_project.settings import sign_in


def test_new_hashes_take_turns_and_old_ones_are_read() -> None:
    ours, *others = sign_in.PASSWORD_HASHERS
    assert ours == "accounts.sign_in.hashing.PasswordHasher"
    assert others == global_settings.PASSWORD_HASHERS[1:]
