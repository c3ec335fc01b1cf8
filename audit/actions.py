"""The closed vocabularies of an audit row. People and tools read the strings: never rename one."""

from django.db import models


class AuditAction(models.TextChoices):
    """What happened."""

    ROOM_ACCESS = "room_access", "Board opened"
    ROOM_ACCESS_DENIED = "room_access_denied", "Board access denied"
    ROOM_LEAVE = "room_leave", "Board left"
    ROOM_CREATE = "room_create", "Board created"
    ROOM_UPDATE = "room_update", "Board changed"
    ROOM_LOCK = "room_lock", "Board locked"
    ROOM_UNLOCK = "room_unlock", "Board unlocked"
    ROOM_DELETE = "room_delete", "Board moved to trash"
    ROOM_RESTORE = "room_restore", "Board restored"
    ROOM_PURGE = "room_purge", "Board deleted for good"
    ROOM_EXPORT = "room_export", "Board exported"
    ROOM_IMPORT = "room_import", "Board imported"
    ROOM_SNAPSHOT_RESTORE = "room_snapshot_restore", "Earlier version restored"
    ROOM_COMPACT = "room_compact", "Board compacted by hand"
    PERMISSION_CHANGE = "permission_change", "Permission changed"
    PUBLIC_ACCESS_CHANGE = "public_access_change", "Public link changed"
    SHARE_LINK_CREATE = "share_link_create", "Share link created"
    SHARE_LINK_REVOKE = "share_link_revoke", "Share link revoked"
    SHARE_LINK_USE = "share_link_use", "Share link used"
    OWNERSHIP_TRANSFER = "ownership_transfer", "Ownership transferred"
    ACCESS_REQUEST = "access_request", "Access requested"
    ACCESS_REQUEST_RESOLVE = "access_request_resolve", "Access request answered"
    AUTH_LOGIN = "auth_login", "Signed in"
    AUTH_LOGOUT = "auth_logout", "Signed out"
    AUTH_LOGIN_FAILED = "auth_login_failed", "Sign-in failed"
    TOKEN_ISSUE = "token_issue", "Token issued"
    TOKEN_REJECT = "token_reject", "Token rejected"
    AUDIT_EXPORT = "audit_export", "Audit log exported"
    AUDIT_PRUNE = "audit_prune", "Audit log pruned"


class AuditOutcome(models.TextChoices):
    """How it ended."""

    SUCCESS = "success", "Success"
    DENIED = "denied", "Denied"
    ERROR = "error", "Error"


class AuditVia(models.TextChoices):
    """By which kind of credential or entry the actor came."""

    SESSION = "session", "Session"
    TOKEN = "token", "Token"
    TICKET = "ticket", "Socket ticket"
    LINK = "link", "Share link"
    PUBLIC = "public", "Public link"
    ADMIN = "admin", "Admin"
    COMMAND = "command", "Command"
    SYSTEM = "system", "System"


class ActorKind(models.TextChoices):
    """What kind of actor it was; a user's row may be deleted later, this stays."""

    USER = "user", "User"
    ANONYMOUS = "anonymous", "Anonymous"
    SYSTEM = "system", "System"


class AuditLevel(models.TextChoices):
    """The access level the actor had, or was given."""

    VIEW = "view", "View"
    COMMENT = "comment", "Comment"
    EDIT = "edit", "Edit"
    OWNER = "owner", "Owner"
