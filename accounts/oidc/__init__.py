"""Signing in by an OpenID Connect provider, set up by environment variables alone.

The protocol's steps are django-allauth's; `accounts.identities` says whose account it is.

- `logout`: single logout: ours ends the provider's session, and the provider ends ours.
- `pages`: the way to the provider and back, and its back channel.
- `provider`: the provider as django-allauth sees it: addresses, keys, and what its tokens say.
"""
