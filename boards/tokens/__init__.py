"""Tokens for programs, of one's own: pages, REST, and the scopes that one may choose.

- `api`: REST views of tokens.
- `choosing`: which scopes a person may give a token.
- `forms`: the form of a new token.
- `pages`: the page of one's own tokens.
- `serializers`: REST serializers of tokens.
- `words`: what the scopes of a token say, for people.
"""
