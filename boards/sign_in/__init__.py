"""Signing in by a password: on the page, in the admin and by REST.

- `api`: getting an access token.
- `forms`: forms of signing in.
- `pages`: signing in and out.
- `passwords`: checking a username and a password, slowly for anyone who guesses.
- `serializers`: shapes of signing in by REST.
"""
