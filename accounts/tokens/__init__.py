"""Tokens for programs. What their scopes mean is decided by what they are scopes of.

- `secret`: how a token looks, and how it is kept.
- `services`: makes, finds and revokes tokens, and notes when they were used.
"""
