"""Signing in by LDAP: set up by these alone. `accounts.directory`"""

from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from canvas_project.env import env_bool, env_int, env_list, env_str, env_str_or_file

CANVAS_LDAP_GROUP_TYPES = ("groupOfNames", "groupOfUniqueNames", "posixGroup", "group")

CANVAS_LDAP_SERVER = env_str("CANVAS_LDAP_SERVER")
CANVAS_LDAP_START_TLS = env_bool("CANVAS_LDAP_START_TLS", default=True)
CANVAS_LDAP_CA_FILE = env_str("CANVAS_LDAP_CA_FILE")
CANVAS_LDAP_TIMEOUT_SECONDS = env_int("CANVAS_LDAP_TIMEOUT_SECONDS", 5, at_least=1)
CANVAS_LDAP_BIND_DN = env_str("CANVAS_LDAP_BIND_DN")
CANVAS_LDAP_BIND_PASSWORD = env_str_or_file("CANVAS_LDAP_BIND_PASSWORD")
CANVAS_LDAP_USER_BASE = env_str("CANVAS_LDAP_USER_BASE")
CANVAS_LDAP_USER_FILTER = env_str("CANVAS_LDAP_USER_FILTER", "(uid=%(user)s)")
CANVAS_LDAP_USER_DN = env_str("CANVAS_LDAP_USER_DN")
CANVAS_LDAP_ID_ATTRIBUTE = env_str("CANVAS_LDAP_ID_ATTRIBUTE", "entryUUID")
CANVAS_LDAP_USERNAME_ATTRIBUTE = env_str("CANVAS_LDAP_USERNAME_ATTRIBUTE", "uid")
CANVAS_LDAP_NAME_ATTRIBUTE = env_str("CANVAS_LDAP_NAME_ATTRIBUTE", "cn")
CANVAS_LDAP_EMAIL_ATTRIBUTE = env_str("CANVAS_LDAP_EMAIL_ATTRIBUTE", "mail")
CANVAS_LDAP_GROUP_BASE = env_str("CANVAS_LDAP_GROUP_BASE")
CANVAS_LDAP_GROUP_TYPE = env_str("CANVAS_LDAP_GROUP_TYPE", "groupOfNames")
CANVAS_LDAP_GROUP_FILTER = env_str(
    "CANVAS_LDAP_GROUP_FILTER", f"(objectClass={CANVAS_LDAP_GROUP_TYPE})"
)
CANVAS_LDAP_NESTED_GROUPS = env_bool("CANVAS_LDAP_NESTED_GROUPS", default=False)
CANVAS_LDAP_REQUIRED_GROUPS = env_list("CANVAS_LDAP_REQUIRED_GROUPS", [])
CANVAS_LDAP_GROUPS = env_list("CANVAS_LDAP_GROUPS", ["*"])
CANVAS_LDAP_MAX_GROUPS = env_int("CANVAS_LDAP_MAX_GROUPS", 200, at_least=1)
CANVAS_LDAP_STAFF_GROUPS = env_list("CANVAS_LDAP_STAFF_GROUPS", [])
CANVAS_LDAP_ADMIN_GROUPS = env_list("CANVAS_LDAP_ADMIN_GROUPS", [])
CANVAS_LDAP_SIGN_UP = env_bool("CANVAS_LDAP_SIGN_UP", default=True)
CANVAS_LDAP_LINK_EMAIL = env_bool("CANVAS_LDAP_LINK_EMAIL", default=False)

_NEEDS_GROUPS = CANVAS_LDAP_REQUIRED_GROUPS or CANVAS_LDAP_STAFF_GROUPS or CANVAS_LDAP_ADMIN_GROUPS
_SCHEMES = ("ldap://", "ldaps://", "ldapi://")
_RULES = (
    (
        all(one.startswith(_SCHEMES) for one in CANVAS_LDAP_SERVER.split()),
        "CANVAS_LDAP_SERVER: write an address like ldaps://ldap.example.org",
    ),
    (
        len({one.split(":")[0] for one in CANVAS_LDAP_SERVER.split()}) <= 1,
        "CANVAS_LDAP_SERVER: all addresses must begin alike, so that all or none are encrypted",
    ),
    (
        bool(CANVAS_LDAP_USER_BASE) != bool(CANVAS_LDAP_USER_DN),
        "CANVAS_LDAP_SERVER needs either CANVAS_LDAP_USER_BASE or CANVAS_LDAP_USER_DN",
    ),
    (
        not CANVAS_LDAP_USER_DN or CANVAS_LDAP_USER_DN.count("%(user)s") == 1,
        "CANVAS_LDAP_USER_DN: write %(user)s where the username belongs",
    ),
    (
        "%(user)s" in CANVAS_LDAP_USER_FILTER,
        "CANVAS_LDAP_USER_FILTER: write %(user)s where the username belongs",
    ),
    (
        bool(CANVAS_LDAP_BIND_DN) == bool(CANVAS_LDAP_BIND_PASSWORD),
        "CANVAS_LDAP_BIND_DN and CANVAS_LDAP_BIND_PASSWORD belong together",
    ),
    (
        CANVAS_LDAP_GROUP_TYPE in CANVAS_LDAP_GROUP_TYPES,
        f"CANVAS_LDAP_GROUP_TYPE: use one of {', '.join(CANVAS_LDAP_GROUP_TYPES)}",
    ),
    (
        not (CANVAS_LDAP_NESTED_GROUPS and CANVAS_LDAP_GROUP_TYPE == "posixGroup"),
        "CANVAS_LDAP_NESTED_GROUPS: a posixGroup holds no groups",
    ),
    (
        bool(CANVAS_LDAP_GROUP_BASE) or not _NEEDS_GROUPS,
        "CANVAS_LDAP_REQUIRED_GROUPS, CANVAS_LDAP_STAFF_GROUPS and CANVAS_LDAP_ADMIN_GROUPS need "
        "CANVAS_LDAP_GROUP_BASE",
    ),
)
if CANVAS_LDAP_SERVER:
    if find_spec("django_auth_ldap") is None or find_spec("ldap") is None:
        raise ImproperlyConfigured(
            "CANVAS_LDAP_SERVER needs python-ldap: pip install --require-hashes "
            "-r requirements-ldap.lock"
        )
    for _holds, _reason in _RULES:
        if not _holds:
            raise ImproperlyConfigured(_reason)

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    *(["accounts.directory.backend.DirectoryBackend"] if CANVAS_LDAP_SERVER else []),
]
