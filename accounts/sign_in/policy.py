"""Which ways of signing in this installation offers, and to whom."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from accounts.identities.people import has_identity
from accounts.identities.said import LDAP_ISSUER
from accounts.service_accounts.services import is_service_account
from audit.actions import AuditVia


def is_provider_configured() -> bool:
    """Whether people can sign in by an identity provider."""
    return bool(settings.CANVAS_OIDC_ISSUER and settings.CANVAS_OIDC_CLIENT_ID)


def are_passwords_hidden() -> bool:
    """Whether people sign in by the identity provider only (`CANVAS_OIDC_ONLY`)."""
    return bool(settings.CANVAS_OIDC_ONLY and is_provider_configured())


def is_saml_configured() -> bool:
    """Whether people can sign in by SAML."""
    return bool(settings.CANVAS_SAML_METADATA)


def is_directory_configured() -> bool:
    """Whether people can sign in by LDAP."""
    return bool(settings.CANVAS_LDAP_SERVER)


def sign_in_address(via: AuditVia) -> str:
    """Where people sign in that way. With `?again` an identity provider asks even whom it knows."""
    if via == AuditVia.OIDC and is_provider_configured():
        return reverse("oidc-sign-in")
    if via == AuditVia.SAML and is_saml_configured():
        return reverse("saml_login", kwargs={"organization_slug": "saml"})
    return reverse("login")


def may_use_password(user: User) -> bool:
    """Whether a password or a passkey of this installation signs this person in.

    Never people of the directory: they could come back after it has let them go. Administrators
    get in when the identity provider is down. Nobody signs in with a service account.
    """
    if is_service_account(user):
        return False
    if is_directory_configured() and has_identity(user, LDAP_ISSUER):
        return False
    if not are_passwords_hidden():
        return True
    return bool(settings.CANVAS_OIDC_ADMIN_PASSWORDS and user.is_superuser)
