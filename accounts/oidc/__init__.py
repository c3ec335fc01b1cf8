"""Signing in by an OpenID Connect provider, set up by environment variables alone.

The protocol's steps are django-allauth's; what an identity may do here is decided here.

- `logout`: single logout: ours ends the provider's session, and the provider ends ours.
- `pages`: the way to the provider and back, and its back channel.
- `people`: the account of an identity: found or made, with its name, email and groups.
- `provider`: the provider as django-allauth sees it: addresses, keys, and what its tokens say.
"""
