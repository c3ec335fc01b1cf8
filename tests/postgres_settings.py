"""Prints what a session has of PostgreSQL, and what is wrong with it, as JSON.

python manage.py shell -c "from tests.postgres_settings import main; main()"
"""

import json

from django.core.management import call_command
from django.db import connection

from canvas_project.postgres_sessions import end_with_their_server
from canvas_project.status import status_now


def main() -> None:
    """Once."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        (mode,) = cursor.fetchone()
    end_with_their_server()
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        (may_stand_still,) = cursor.fetchone()
    problems = [line.todo for line in status_now()[0].lines if "= off" in line.todo]
    told = {"synchronous_commit": mode, "may_stand_still": may_stand_still, "problems": problems}
    print(json.dumps(told))
