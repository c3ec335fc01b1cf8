"""How much one board and one person may hold.

- `api`: what the asking person's boards hold, and their limits, by REST.
- `checks`: how much one board and one person may hold, and how much they do.
"""
