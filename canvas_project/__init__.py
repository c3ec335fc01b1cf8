"""The project: settings, URLs, the ASGI application, health, and the commands that start it."""

__version__ = "0.1.0"
