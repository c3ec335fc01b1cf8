#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from sync.low_priority import start_behind_others


def main() -> None:
    """Run the management command named on the command line."""
    if sys.argv[1:2] == ["serve"]:
        start_behind_others()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from canvas_project.private_files import make_new_files_private

    make_new_files_private()

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")  # the sentence says what to set; a traceback would hide it


if __name__ == "__main__":
    main()
