"""`make cluster`: what a team runs, on one machine and without containers.

- `plan`: what it consists of, and on which ports
- `processes`: one process of it, which can be ended, frozen and started again
- `programs`: how PostgreSQL, Redis, nginx and our server are started
- `topology`: all of them together: start, restart what ended, stop
- `locks`: one cluster on one data directory

Knows nothing of Django, and uses the standard library alone.
"""
