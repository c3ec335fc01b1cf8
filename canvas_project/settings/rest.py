"""The REST interface and its description."""

from canvas_project import __version__
from canvas_project.env import env_str
from canvas_project.settings.place import CANVAS_PATH_PREFIX, CANVAS_TRUSTED_PROXY_HOPS

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "boards.api.authentication.BearerAuthentication",
        "boards.api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["boards.api.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "boards.api.negotiation.OneFormat",
    "DEFAULT_SCHEMA_CLASS": "boards.api.openapi.CanvasSchema",
    "EXCEPTION_HANDLER": "boards.api.errors.refusal",
    "PAGE_SIZE": 100,
    "DEFAULT_THROTTLE_RATES": {
        "auth_token": env_str("CANVAS_TOKEN_RATE", "300/min"),
        "file_upload": "120/min",
        "board_create": env_str("CANVAS_BOARD_RATE", "2000/hour"),
        "search": env_str("CANVAS_SEARCH_RATE", "240/min"),
    },
    "NUM_PROXIES": CANVAS_TRUSTED_PROXY_HOPS,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Canvas API",
    "DESCRIPTION": "Boards, permissions and files of the collaborative canvas.",
    "VERSION": __version__,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVERS": [{"url": CANVAS_PATH_PREFIX}] if CANVAS_PATH_PREFIX else [],
    # For generated clients: request bodies have no read-only fields, and enums have names.
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "Level": "boards.api.fields.LEVEL_NAMES",
        "AccessRequestOutcome": "boards.models.AccessRequest.Outcome",
        "BoardTemplate": "boards.lifecycle.templates.BoardTemplate.values",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "boards.api.openapi.complete",
    ],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
