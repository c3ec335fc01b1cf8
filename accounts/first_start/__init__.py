"""The first start of an installation: without users, somebody is led through making the
administrator.

- `forms`: the form for the first account.
- `services`: who may do it, the token for it, and making the account.
"""
