"""Audit rows of who came to a board and of who was turned away.

- `record`: audit rows of who came to a board and of who was turned away.
- `rows`: the rows of a visit in the audit log.
"""
