"""Service accounts: accounts for programs alone, with which nobody signs in.

- `guards`: refuses every way of signing in with one.
- `services`: makes them, and tells them from people.
"""
