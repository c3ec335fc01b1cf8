"""Documents in the admin, and what is known of them in the list of boards."""

from sync.admin import board, rows  # noqa: F401  importing registers their admins
