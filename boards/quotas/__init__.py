"""How much a board and a person may store.

- `api`: REST view of what a person's boards store, and their limits.
- `checks`: quotas: how much a board and a person may store, and how much they do.
- `refusals`: turns refusals of services into errors of the form that asked.
"""
