"""Rate limits: counters in the database, and guesses of secrets.

- `changes`: limits how often somebody changes what is theirs.
- `duration`: answers that always take the same time, so that it reveals nothing.
- `fair_threads`: a few threads for work that takes a processor, in turn between those who ask.
- `guessing`: limits guesses of secrets that people type.
- `new_sessions`: limits the sessions that strangers begin: each is a row for days.
- `person_lock`: the locks behind which limits of one person are counted, and sockets are let in.
- `refusals`: refusals for exceeding a limit: one exception for pages and REST.
- `repeated`: which audit rows are left out because the log has enough of them.
- `throttle`: counters for rate limits.
"""
