"""Signing in with a password: on the page, in the admin and by REST.

- `api`: REST view that issues access tokens.
- `forms`: the sign-in forms.
- `pages`: signing in and out.
- `passwords`: checks usernames and passwords, with limits on wrong guesses.
- `serializers`: REST serializers of access tokens.
"""
