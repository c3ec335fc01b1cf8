"""Prints what a session has of PostgreSQL, and what is wrong with it, as JSON.

python manage.py shell -c "from tests.postgres_settings import main; main()"
"""

import json

from django.core.management import call_command
from django.db import connection

from canvas_project.status import status_now


def main() -> None:
    """Once."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        (mode,) = cursor.fetchone()
    problems = [line.todo for line in status_now()[0].lines if "= off" in line.todo]
    print(json.dumps({"synchronous_commit": mode, "problems": problems}))
