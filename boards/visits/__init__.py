"""Audit rows of people who came to a board, and of refusals.

- `record`: visits: who is on a board, with audit rows for arrival and leaving.
- `refused`: audit rows of refusals.
- `rows`: audit rows of a visit.
"""
