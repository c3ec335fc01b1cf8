"""Rate limits: counters in the database, and guesses of secrets.

- `guessing`: limits guesses of secrets that people type.
- `refusals`: refusals for exceeding a limit: one exception for pages and REST.
- `throttle`: counters for rate limits.
"""
