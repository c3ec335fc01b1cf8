"""Signing in by SAML 2.0, set up by environment variables alone; needs `requirements-saml.lock`.

The protocol's checks are python3-saml's, set up by django-allauth; `accounts.identities` says whose
account it is.

- `assertions`: what a checked assertion says of somebody.
- `logout`: ends the session at the provider when somebody signs out here.
- `pages`: the way to the provider and back, its logout, and our metadata.
- `provider`: the provider's metadata, and python3-saml set up for one request.
"""
