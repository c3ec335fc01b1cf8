"""Settings of the simulation: limits and times so short that a short history reaches them."""

from canvas_project.settings_test import *  # noqa: F403

CANVAS_OUTBOX_BYTES = 2_048
CANVAS_ROOM_IDLE_SECONDS = 2
CANVAS_STORAGE_WAIT_SECONDS = 3
CANVAS_ADMISSION_SECONDS = 5
CANVAS_MAX_GAPS = 3
CANVAS_PRESENCE_REMOTE_SECONDS = 6
# Everybody comes and goes all the time.
CANVAS_ANSWERS_PER_SECOND = 20
