"""Tokens for programs, of one's own: REST, and the scopes that one may choose.

- `api`: REST views of tokens.
- `choosing`: which scopes a person may give a token.
- `serializers`: REST serializers of tokens.
"""
