"""The closed vocabularies of an audit row. People and tools read the strings: never rename one."""

from django.db import models


class AuditAction(models.TextChoices):
    """What happened."""

    ROOM_ACCESS = "room_access", "Board opened"
    ROOM_ACCESS_DENIED = "room_access_denied", "Board access denied"
    ROOM_CREATE = "room_create", "Board created"
    ROOM_UPDATE = "room_update", "Board changed"
    ROOM_DELETE = "room_delete", "Board moved to trash"
    ROOM_RESTORE = "room_restore", "Board restored"
    PERMISSION_CHANGE = "permission_change", "Permission changed"


class AuditOutcome(models.TextChoices):
    """How it ended."""

    SUCCESS = "success", "Success"
    DENIED = "denied", "Denied"
    ERROR = "error", "Error"


class AuditVia(models.TextChoices):
    """By which kind of credential or entry the actor came."""

    SESSION = "session", "Session"
    TOKEN = "token", "Token"
    PUBLIC = "public", "Public link"
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
