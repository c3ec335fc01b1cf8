"""Mail. Without a server nothing is sent, and pages say what to pass on by hand."""

from canvas_project.env import env_bool, env_int, env_str

EMAIL_HOST = env_str("EMAIL_HOST")
EMAIL_PORT = env_int("EMAIL_PORT", 25, at_least=1)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "canvas@localhost")
# What people open, as in mails: "https://canvas.example.org". `serve` knows it from --address.
CANVAS_ADDRESS = env_str("CANVAS_ADDRESS").rstrip("/")
# Where `serve` listens, which it writes here: for threads if nothing else is known.
LISTENING_ADDRESS = ""
# How long what happens is collected before a mail about it.
CANVAS_MAIL_WAIT_SECONDS = env_int("CANVAS_MAIL_WAIT_SECONDS", 120, at_least=0)
# Whom pages tell people to ask, in words: "Kim (kim@example.org)".
CANVAS_HELP_CONTACT = env_str("CANVAS_HELP_CONTACT")
