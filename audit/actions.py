"""The closed vocabularies of an audit row. People and tools read the strings: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy


class AuditAction(models.TextChoices):
    """What happened."""

    ROOM_ACCESS = "room_access", gettext_lazy("Board opened")
    ROOM_ACCESS_DENIED = "room_access_denied", gettext_lazy("Board access denied")
    ROOM_LEAVE = "room_leave", gettext_lazy("Board left")
    ROOM_WRITE = "room_write", gettext_lazy("Board written to")
    ROOM_CREATE = "room_create", gettext_lazy("Board created")
    ROOM_UPDATE = "room_update", gettext_lazy("Board changed")
    ROOM_LOCK = "room_lock", gettext_lazy("Board locked")
    ROOM_UNLOCK = "room_unlock", gettext_lazy("Board unlocked")
    ROOM_DELETE = "room_delete", gettext_lazy("Board moved to trash")
    ROOM_RESTORE = "room_restore", gettext_lazy("Board restored")
    ROOM_PURGE = "room_purge", gettext_lazy("Board deleted for good")
    ROOM_EXPORT = "room_export", gettext_lazy("Board exported")
    ROOM_IMPORT = "room_import", gettext_lazy("Board imported")
    ROOM_SNAPSHOT_RESTORE = "room_snapshot_restore", gettext_lazy("Earlier version restored")
    ROOM_COMPACT = "room_compact", gettext_lazy("Board compacted by hand")
    ROOM_MOVE = "room_move", gettext_lazy("Board moved to another place")
    ROOM_WORKSHOP = "room_workshop", gettext_lazy("Workshop step")
    ROOM_DISCONNECT = "room_disconnect", gettext_lazy("Everybody disconnected")
    PERMISSION_CHANGE = "permission_change", gettext_lazy("Permission changed")
    PUBLIC_ACCESS_CHANGE = "public_access_change", gettext_lazy("Public link changed")
    SHARE_LINK_CREATE = "share_link_create", gettext_lazy("Share link created")
    SHARE_LINK_REVOKE = "share_link_revoke", gettext_lazy("Share link revoked")
    SHARE_LINK_USE = "share_link_use", gettext_lazy("Share link used")
    OWNERSHIP_TRANSFER = "ownership_transfer", gettext_lazy("Ownership transferred")
    SPACE_CREATE = "space_create", gettext_lazy("Space created")
    SPACE_UPDATE = "space_update", gettext_lazy("Space changed")
    SPACE_DELETE = "space_delete", gettext_lazy("Space deleted")
    SPACE_PERMISSION_CHANGE = (
        "space_permission_change",
        gettext_lazy("Space permission changed"),
    )
    LIBRARY_UPDATE = "library_update", gettext_lazy("Shared library changed")
    INVITATION_CREATE = "invitation_create", gettext_lazy("Invitation sent")
    INVITATION_WITHDRAW = "invitation_withdraw", gettext_lazy("Invitation withdrawn")
    INVITATION_ACCEPT = "invitation_accept", gettext_lazy("Invitation accepted")
    ACCESS_REQUEST = "access_request", gettext_lazy("Access requested")
    ACCESS_REQUEST_RESOLVE = "access_request_resolve", gettext_lazy("Access request answered")
    AUTH_LOGIN = "auth_login", gettext_lazy("Signed in")
    AUTH_LOGOUT = "auth_logout", gettext_lazy("Signed out")
    AUTH_LOGIN_FAILED = "auth_login_failed", gettext_lazy("Sign-in failed")
    AUTH_SIGN_UP = "auth_sign_up", gettext_lazy("Account created")
    AUTH_PASSWORD_CHANGE = "auth_password_change", gettext_lazy("Password changed")
    AUTH_PASSWORD_RESET = "auth_password_reset", gettext_lazy("Password reset")
    AUTH_FACTOR_CHANGE = "auth_factor_change", gettext_lazy("Second factor changed")
    AUTH_EMAIL_CHANGE = "auth_email_change", gettext_lazy("Email address changed")
    AUTH_GROUPS_CHANGE = "auth_groups_change", gettext_lazy("Groups synchronised")
    AUTH_SESSIONS_END = "auth_sessions_end", gettext_lazy("Sessions ended")
    ACCOUNT_UPDATE = "account_update", gettext_lazy("Account changed")
    ACCOUNT_EXPORT = "account_export", gettext_lazy("Account data downloaded")
    ACCOUNT_DELETE = "account_delete", gettext_lazy("Account deleted")
    TOKEN_ISSUE = "token_issue", gettext_lazy("Token issued")
    TOKEN_REVOKE = "token_revoke", gettext_lazy("Token revoked")
    TOKEN_REJECT = "token_reject", gettext_lazy("Token rejected")
    WEBHOOK_CREATE = "webhook_create", gettext_lazy("Webhook created")
    WEBHOOK_UPDATE = "webhook_update", gettext_lazy("Webhook changed")
    WEBHOOK_DELETE = "webhook_delete", gettext_lazy("Webhook deleted")
    INSTALLATION_EXPORT = "installation_export", gettext_lazy("Installation exported")
    INSTALLATION_IMPORT = "installation_import", gettext_lazy("Installation imported")
    AUDIT_EXPORT = "audit_export", gettext_lazy("Audit log exported")
    AUDIT_PRUNE = "audit_prune", gettext_lazy("Audit log pruned")


class AuditOutcome(models.TextChoices):
    """How it ended."""

    SUCCESS = "success", gettext_lazy("Success")
    DENIED = "denied", gettext_lazy("Denied")
    ERROR = "error", gettext_lazy("Error")


class AuditVia(models.TextChoices):
    """The kind of credential or entry that the actor used."""

    SESSION = "session", gettext_lazy("Session")
    TOKEN = "token", gettext_lazy("Token")
    OIDC = "oidc", gettext_lazy("Identity provider")
    SAML = "saml", gettext_lazy("Identity provider (SAML)")
    LDAP = "ldap", gettext_lazy("Directory")
    PROXY = "proxy", gettext_lazy("Proxy header")
    TICKET = "ticket", gettext_lazy("Socket ticket")
    LINK = "link", gettext_lazy("Share link")
    PUBLIC = "public", gettext_lazy("Public link")
    ADMIN = "admin", gettext_lazy("Admin")
    COMMAND = "command", gettext_lazy("Command")
    SYSTEM = "system", gettext_lazy("System")


class ActorKind(models.TextChoices):
    """The kind of actor; this stays when a user's row is deleted later."""

    USER = "user", gettext_lazy("User")
    ANONYMOUS = "anonymous", gettext_lazy("Anonymous")
    SYSTEM = "system", gettext_lazy("System")


class AuditLevel(models.TextChoices):
    """The access level the actor had, or was given."""

    VIEW = "view", gettext_lazy("View")
    COMMENT = "comment", gettext_lazy("Comment")
    EDIT = "edit", gettext_lazy("Edit")
    OWNER = "owner", gettext_lazy("Owner")
