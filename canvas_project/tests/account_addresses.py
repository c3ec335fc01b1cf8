"""The addresses around signing in: who gets what there, and what the log keeps of it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from boards.tests.matrix import Row, always

BAD_SIGN_IN = {"username": "alice", "password": "wrong"}
TABLE = [
    Row("login", "GET", always(302, anonymous=200)),
    Row("login", "POST", always(302, anonymous=422), BAD_SIGN_IN),
    Row("account_login", "GET", always(302, anonymous=200)),
    Row("account_login", "POST", always(302, anonymous=422), BAD_SIGN_IN),
    # Signing up is off, and the link is none.
    Row("account_sign_up", "GET", always(404)),
    Row("account_sign_up", "POST", always(404), {"email": "kim@example.org"}),
    Row("account_sign_up_link", "GET", always(302, anonymous=403)),
    Row("account_sign_up_link", "POST", always(302, anonymous=403)),
    # No identity provider is set up; `tests/test_oidc.py` has one.
    Row("oidc-sign-in", "GET", always(404)),
    Row("oidc-callback", "GET", always(404)),
    Row("oidc-logout", "POST", always(404), {"logout_token": "x"}),
    # Without a first step there is no second one.
    Row("mfa_authenticate", "GET", always(302)),
    Row("mfa_authenticate", "POST", always(302), {"code": "123456"}),
    Row("mfa_login_webauthn", "GET", always(302)),
    Row("mfa_login_webauthn", "POST", always(302), {"credential": "{}"}),
    Row("account_inactive", "GET", always(200)),
    Row("account", "GET", always(200, anonymous=302)),
    Row("account", "POST", always(302), {"first_name": "Kim", "last_name": "Lee"}),
    Row("account-data", "POST", always(200, anonymous=302)),
    Row("account-preferences", "POST", always(302), {"theme": "dark"}),
    Row("account-picture-change", "POST", always(422, anonymous=302)),
    Row("account-picture", "GET", always(404, anonymous=302)),
    Row("account-delete", "GET", always(200, anonymous=302)),
    Row("account-delete", "POST", always(422, anonymous=302), {"password": "wrong"}),
    Row("account-delete-sign-in", "POST", always(302)),
    Row("account-security", "GET", always(200, anonymous=302)),
    Row("mfa_index", "GET", always(200, anonymous=302)),
    Row("mfa_list_webauthn", "GET", always(200, anonymous=302)),
    Row("notifications", "GET", always(200, anonymous=302)),
    Row("notifications-read", "POST", always(302)),
    Row("notifications-mail", "POST", always(302)),
    Row("notifications-stop", "GET", always(404)),
    Row("notifications-stop", "POST", always(404)),
    Row("account-session-end", "POST", always(302)),
    Row("account-tokens", "GET", always(200, anonymous=302)),
    # It asks for the password again first.
    Row("account-token-new", "GET", always(302)),
    Row("account-token-new", "POST", always(302), {"name": "CI bot"}),
    Row("account-token-revoke", "POST", always(404, anonymous=302)),  # of nobody
    Row("account-webhooks", "GET", always(200, anonymous=302)),
    Row("account-webhook-new", "GET", always(302)),
    Row("account-webhook-new", "POST", always(302), {"name": "CI"}),
    # Of nobody.
    Row("account-webhook", "GET", always(404, anonymous=302)),
    Row("account-webhook", "POST", always(404, anonymous=302), {"operation": "delete"}),
    Row("account-webhook-secret", "GET", always(302)),
    Row("account-webhook-secret", "POST", always(302)),
    Row("account-webhook-redeliver", "POST", always(404, anonymous=302)),
    Row("account_change_password", "GET", always(200, anonymous=302)),
    Row("account_change_password", "POST", always(422, anonymous=302), {"oldpassword": "wrong"}),
    # Everybody here has a password already.
    Row("account_set_password", "GET", always(302)),
    Row("account_set_password", "POST", always(302), {"password1": "x"}),
    Row("account_reset_password", "GET", always(200)),
    Row("account_reset_password", "POST", always(302), {"email": "nobody@example.org"}),
    Row("account_reset_password_done", "GET", always(200)),
    Row("account_reset_password_from_key_done", "GET", always(200)),
    Row("account_reset_password_from_key", "GET", always(200)),
    Row("account_reset_password_from_key", "POST", always(422), {"password1": "x"}),
    Row("account_email", "GET", always(200, anonymous=302)),
    Row("account_email", "POST", always(302), {"email": "nobody@example.org"}),
    Row("account_confirm_email", "GET", always(200, anonymous=302)),
    Row("account_confirm_email", "POST", always(404, anonymous=302)),
    Row("account_reauthenticate", "GET", always(200, anonymous=302)),
    Row("account_reauthenticate", "POST", always(422, anonymous=302), {"password": "wrong"}),
    # Nobody here has a second factor.
    Row("mfa_reauthenticate", "GET", always(302)),
    Row("mfa_reauthenticate", "POST", always(302), {"code": "123456"}),
    Row("mfa_reauthenticate_webauthn", "GET", always(302)),
    Row("mfa_reauthenticate_webauthn", "POST", always(302), {"credential": "{}"}),
    # They ask for the password again first.
    Row("mfa_activate_totp", "GET", always(302)),
    Row("mfa_activate_totp", "POST", always(302), {"code": "123456"}),
    Row("mfa_deactivate_totp", "GET", always(404, anonymous=302)),
    Row("mfa_deactivate_totp", "POST", always(404, anonymous=302)),
    Row("mfa_view_recovery_codes", "GET", always(404, anonymous=302)),
    Row("mfa_generate_recovery_codes", "GET", always(302)),
    Row("mfa_generate_recovery_codes", "POST", always(302)),
    Row("mfa_add_webauthn", "GET", always(302)),
    Row("mfa_add_webauthn", "POST", always(302), {"credential": "{}"}),
    Row("mfa_edit_webauthn", "GET", always(302)),
    Row("mfa_edit_webauthn", "POST", always(302), {"name": "x"}),
    Row("mfa_remove_webauthn", "GET", always(302)),
    Row("mfa_remove_webauthn", "POST", always(302)),
    Row("account-sessions-end", "POST", always(302)),
    Row("logout", "POST", always(302)),  # the last one: afterwards nobody is signed in
]
_MISSING = "00000000-0000-4000-8000-000000000000"
VALUES: dict[str, dict[str, Any]] = {
    "account-picture": {"key": "no-such-key"},
    "account-session-end": {"sign_in_id": 1},
    "account-token-revoke": {"token_id": _MISSING},
    "account-webhook": {"webhook_id": _MISSING},
    "account-webhook-secret": {"webhook_id": _MISSING},
    "account-webhook-redeliver": {"webhook_id": _MISSING, "delivery_id": _MISSING},
    "account_sign_up_link": {"token": "no-such-token"},
    "account_confirm_email": {"key": "no-such-key"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
}

NONE: list[str] = []
EXPECTED: dict[tuple[str, str], list[str]] = {
    **{(row.name, row.method): NONE for row in TABLE},
    ("logout", "POST"): ["auth_logout"],
    ("account", "POST"): ["account_update"],
    ("account-data", "POST"): ["account_export"],
    ("account-sessions-end", "POST"): ["auth_sessions_end"],
    ("account_change_password", "POST"): NONE,
}
"""By someone who is signed in; what others leave is in the tests of `accounts`."""


def addresses() -> dict[str, str]:
    """An address of each."""
    return {row.name: reverse(row.name, kwargs=VALUES.get(row.name)) for row in TABLE}
