"""Single logout that begins here: the browser carries a request to the provider.

SAML 2.0 Profiles, 4.4. The session here has ended by then, whatever the provider answers.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.errors import OneLogin_Saml2_Error

from accounts.identities.said import text_of
from accounts.saml.provider import ProviderDownError, auth_of
from accounts.sign_in.provider_logouts import provider_logout
from accounts.sign_in.records import sign_in_of
from audit.actions import AuditVia

logger = logging.getLogger(__name__)

NAME_KEY = "saml_name"
"""Key of the session's data: how the provider named the person, which a logout has to repeat."""
SESSION_MAX_LENGTH = 255
_RELAY_STATE = "signed-out"
"""What comes back with the answer. Some providers count an empty one into the signature, and some
leave it out."""


def remember_name(request: HttpRequest, auth: OneLogin_Saml2_Auth) -> None:
    """Keeps what a checked answer called the person, for the logout."""
    request.session[NAME_KEY] = {
        "name_id": text_of(auth.get_nameid()),
        "name_id_format": text_of(auth.get_nameid_format()),
        "nq": text_of(auth.get_nameid_nq()),
        "spnq": text_of(auth.get_nameid_spnq()),
    }


def session_index_of(auth: OneLogin_Saml2_Auth) -> str:
    """The provider's name for its session; empty without one that can be kept."""
    index = text_of(auth.get_session_index())
    return index if len(index) <= SESSION_MAX_LENGTH else ""


@provider_logout
def saml_logout_url(request: HttpRequest) -> str | None:
    """See `accounts.sign_in.provider_logouts`."""
    if not settings.CANVAS_SAML_KEY:
        return None  # providers take only signed ones
    named = request.session.get(NAME_KEY)
    row = sign_in_of(request)
    if named is None or row is None or row.via != AuditVia.SAML:
        return None
    try:
        auth = auth_of(request, is_logout=True)
        if not auth.get_slo_url():
            return None
        said = {key: value or None for key, value in named.items()}
        address: str = auth.logout(_RELAY_STATE, session_index=row.provider_session or None, **said)
    except (ProviderDownError, OneLogin_Saml2_Error) as error:
        logger.warning("saml: nobody is signed out at the provider: %s", error)
        return None
    return address if address.startswith(("https://", "http://")) else None
