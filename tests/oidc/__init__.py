"""A real identity provider for `tests/test_oidc.py`: `provider.mjs` with its own packages."""
