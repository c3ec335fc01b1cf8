"""Signing in by REST.

- `api`: REST view that issues access tokens.
- `serializers`: REST serializers of access tokens.
"""
