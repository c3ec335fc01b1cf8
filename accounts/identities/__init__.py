"""People whom something else vouches for: an identity provider, a directory, a proxy.

Each way of signing in brings what was said of somebody into one form. What follows is the same for
all of them.

- `people`: the account of an identity: found or made, with its name, email and groups.
- `said`: what is said of somebody, by whom, and which settings decide about it.
"""
