"""Rate limits: counters, guesses, work on whole boards.

- `before_body`: refuses a large body before it is read.
- `expensive`: limits work on whole boards: how much runs at once, and how often one person may
  ask.
- `guessing`: limits guesses of secrets that people type.
- `refusals`: refusals for exceeding a limit: one exception for pages and REST.
- `throttle`: counters for rate limits.
"""
