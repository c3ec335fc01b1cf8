"""Signing in: on the page, in the admin and by REST.

- `forms`: the sign-in forms.
- `pages`: signing in and out.
- `passwords`: checks usernames and passwords, with limits on wrong guesses.
"""
