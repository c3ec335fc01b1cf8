"""The project as an app, so that its system checks and commands are found."""

from django.apps import AppConfig


class CanvasProjectConfig(AppConfig):
    """Registers the project's own commands and checks."""

    name = "canvas_project"

    def ready(self) -> None:
        """Registers the checks and what new connections to the database get, and names the models
        that other apps have loaded by now.
        """
        from canvas_project import checks, security_checks  # noqa: F401  registered by being imported
        from canvas_project.model_names import name_models
        from canvas_project.postgres_sessions import be_durable_and_end_with_their_machine

        be_durable_and_end_with_their_machine()
        name_models()
