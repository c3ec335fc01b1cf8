"""Signing in by SAML: set up by these alone. `accounts.saml`"""

from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from canvas_project.env import env_bool, env_int, env_list, env_str, env_str_or_file
from canvas_project.key_pairs import require_key_pair

CANVAS_SAML_METADATA = env_str("CANVAS_SAML_METADATA")
CANVAS_SAML_PROVIDER = env_str("CANVAS_SAML_PROVIDER")
CANVAS_SAML_ENTITY_ID = env_str("CANVAS_SAML_ENTITY_ID")
CANVAS_SAML_NAME = env_str("CANVAS_SAML_NAME", "Single sign-on")
CANVAS_SAML_ID_ATTRIBUTE = env_str("CANVAS_SAML_ID_ATTRIBUTE")
# Sign the logouts that begin here: providers take no others.
CANVAS_SAML_KEY = env_str_or_file("CANVAS_SAML_KEY")
CANVAS_SAML_CERTIFICATE = env_str_or_file("CANVAS_SAML_CERTIFICATE")
CANVAS_SAML_USERNAME_ATTRIBUTES = env_list(
    "CANVAS_SAML_USERNAME_ATTRIBUTES", ["uid", "username", "urn:oid:0.9.2342.19200300.100.1.1"]
)
CANVAS_SAML_NAME_ATTRIBUTES = env_list(
    "CANVAS_SAML_NAME_ATTRIBUTES",
    [
        "displayName",
        "name",
        "urn:oid:2.16.840.1.113730.3.1.241",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    ],
)
CANVAS_SAML_EMAIL_ATTRIBUTES = env_list(
    "CANVAS_SAML_EMAIL_ATTRIBUTES",
    [
        "mail",
        "email",
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ],
)
CANVAS_SAML_GROUPS_ATTRIBUTES = env_list(
    "CANVAS_SAML_GROUPS_ATTRIBUTES",
    [
        "groups",
        "http://schemas.xmlsoap.org/claims/Group",
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
    ],
)
CANVAS_SAML_GROUPS = env_list("CANVAS_SAML_GROUPS", ["*"])
CANVAS_SAML_MAX_GROUPS = env_int("CANVAS_SAML_MAX_GROUPS", 200, at_least=1)
CANVAS_SAML_STAFF_GROUPS = env_list("CANVAS_SAML_STAFF_GROUPS", [])
CANVAS_SAML_ADMIN_GROUPS = env_list("CANVAS_SAML_ADMIN_GROUPS", [])
CANVAS_SAML_SIGN_UP = env_bool("CANVAS_SAML_SIGN_UP", default=True)
CANVAS_SAML_LINK_EMAIL = env_bool("CANVAS_SAML_LINK_EMAIL", default=False)

if CANVAS_SAML_METADATA:
    if not CANVAS_SAML_METADATA.startswith(("https://", "http://127.0.0.1:", "/")):
        raise ImproperlyConfigured(
            "CANVAS_SAML_METADATA: write an https address, or the path of a file from /. Anyone "
            "who can change it can sign in as anybody"
        )
    if find_spec("onelogin") is None:
        raise ImproperlyConfigured(
            "CANVAS_SAML_METADATA needs python3-saml: pip install --require-hashes "
            "-r requirements-saml.lock"
        )
    if CANVAS_SAML_KEY or CANVAS_SAML_CERTIFICATE:
        require_key_pair(
            CANVAS_SAML_KEY, CANVAS_SAML_CERTIFICATE, "CANVAS_SAML_KEY", "CANVAS_SAML_CERTIFICATE"
        )
