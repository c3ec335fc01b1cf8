"""A server that stops in the middle of a transaction: `python -m tests.holds_a_board BOARD`.

Locks the row of a board as a request would, prints a line, and does nothing more.
"""

import sys
import time

from django.db import transaction

import canvas_project.asgi
from boards.models import Board

assert canvas_project.asgi.application

with transaction.atomic():
    Board.objects.select_for_update().get(pk=sys.argv[1])
    print("holds it", flush=True)
    time.sleep(600)
