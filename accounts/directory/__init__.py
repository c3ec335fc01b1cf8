"""Signing in by LDAP, set up by environment variables alone; needs `requirements-ldap.lock`.

The protocol's steps are django-auth-ldap's; `accounts.identities` says whose account it is.

- `backend`: checks a username and a password for Django, and says what went wrong.
- `entries`: what the directory says of somebody.
- `library`: django-auth-ldap, set up by our settings.
"""
