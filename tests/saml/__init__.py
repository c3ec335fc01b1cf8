"""A real SAML identity provider for `tests/test_saml.py`: `provider.mjs` with its own packages."""
