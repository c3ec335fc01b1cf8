"""Limits of work on boards; those of requests are in `accounts.limits`.

- `before_body`: refuses a large body before it is read.
- `changes`: how often somebody changes boards and spaces.
- `expensive`: limits work on whole boards: how much runs at once, and how often one person may
  ask.
- `windows`: cheaper counts, in the cache, for limits that may forget.
"""
