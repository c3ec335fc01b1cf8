"""Who someone is: tokens, sessions, guests, and names.

- `accounts`: the present row of an account, as it is read for everyone who connects.
- `guests`: tells guests apart, so that what one of them draws stays theirs.
- `invitation_tokens`: the signed tokens of invitations.
- `link_tokens`: the short tokens of share links.
- `names`: the names under which people are shown to others.
- `token_sessions`: sessions started by a token: for its board only, and until the token ends.
- `tokens`: signed JWTs (RFC 7519), HS256 with several keys. The audience tells the three kinds
  apart.
"""
