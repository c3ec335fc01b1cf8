"""Signing up: by a link that was sent to an address, so that every address is verified.

- `forms`: the address, and the account that belongs to it.
- `links`: the link that lets one address sign up, as an invitation or because of its domain.
- `pages`: asking for a link, and making the account.
"""
