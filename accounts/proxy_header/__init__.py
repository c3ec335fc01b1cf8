"""Signing in by a header of a trusted proxy, which has asked people who they are.

- `headers`: what the proxy says of a person; headers from anywhere else are ignored.
- `middleware`: lets the session follow the header.
- `people`: the account that the header names, brought up to date.
"""
